import { describe, expect, it } from 'vitest';
import { decideScaling } from '../decide-scaling.ts';
import { changesOf, runCourse } from '../testing/scaling-course.ts';
import { alarm, findingOf, inputOf, noState, serviceOf } from '../testing/scaling-site.ts';

describe('simple policies (AS-05)', () => {
  it('adjust once, then cool down from the completion of what they did', () => {
    const spec = serviceOf([alarm({ kind: 'simple', cooldownMs: 100_000 })]);
    const ticks = runCourse({ spec, replicas: 1, load: () => 300, lastsMs: 300_000, bootMs: 30_000 });
    expect(changesOf(ticks, 1)).toEqual([
      { at: 0, by: 1 },
      { at: 130_000, by: 1 },
      { at: 260_000, by: 1 },
    ]);
  });

  it('are refused while a change is under way', () => {
    const spec = serviceOf([alarm({ kind: 'simple' })]);
    const decision = decideScaling(inputOf(spec, [90, 90], { desired: 3, capacity: 3 }));
    expect(decision.desired).toBe(3);
    expect(findingOf(decision, 'AS-05')!.text).toContain('refused while a change is under way');
  });
});

describe('step policies (AS-06)', () => {
  const percent = alarm({
    adjustment: 'percent',
    steps: [
      { to: 10, amount: 0 },
      { from: 10, to: 20, amount: 10 },
      { from: 20, amount: 30 },
    ],
  });

  it('answer the same breach once, and a greater one with the difference, while replicas come', () => {
    const spec = serviceOf([percent], {}, { max: 20 });
    const values = (value: number) => Array.from({ length: 10 }, () => value);
    const first = decideScaling(inputOf(spec, values(60)));
    expect(first.desired).toBe(11);
    const later = { now: 1_000_010_000, state: first.state, desired: 11, capacity: 11, warming: 1 };
    const same = decideScaling(inputOf(spec, values(60), later));
    expect(same.desired).toBe(11);
    const greater = decideScaling(
      inputOf(spec, values(70), { ...later, now: 1_000_015_000, state: same.state }),
    );
    expect(greater.desired).toBe(13);
  });

  it('take once for each datapoint, and count what is leaving as still there', () => {
    const fewer = alarm({ comparison: 'below', threshold: 30, steps: [{ amount: -2 }] });
    const spec = serviceOf([fewer], { stabilization: { upMs: 0, downMs: 0 } }, { max: 20 });
    let state = noState;
    let desired = 10;
    const course = [
      [0, 10],
      [5, 8],
      [10, 10],
      [20, 8],
    ] as const;
    const sizes = course.map(([second, capacity]) => {
      const values = Array.from({ length: capacity }, () => 10);
      const input = inputOf(spec, values, { now: second * 1000, state, desired, capacity });
      ({ state, desired } = decideScaling(input));
      return desired;
    });
    expect(sizes).toEqual([8, 8, 8, 6]);
  });

  it('do nothing when no step covers the value', () => {
    const spec = serviceOf([alarm({ steps: [{ from: 20, amount: 1 }] })]);
    const decision = decideScaling(inputOf(spec, [60]));
    expect(decision.desired).toBe(1);
    expect(findingOf(decision, 'AS-06')!.text).toBe(
      'mean cpu 60 %, 1 of 1 datapoints > 50 %, 1 of 1 needed: ALARM; no step covers 60 %',
    );
  });
});
