import { describe, expect, it } from 'vitest';
import { decideScaling } from './decide-scaling.ts';
import type { ScalingInput, ScalingPolicy } from './model.ts';
import { changesOf, runCourse } from './testing/scaling-course.ts';
import {
  above,
  below,
  findingOf,
  inputOf,
  noState,
  samplesOf,
  serviceOf,
  tracking,
} from './testing/scaling-site.ts';

const paper = serviceOf([above()], {}, { min: 2, max: 5 });

/** Evaluates at each of these seconds, with those values; `undefined`: no replica has a sample. */
function evaluate(
  policies: readonly ScalingPolicy[],
  course: readonly (readonly [number, number | undefined])[],
) {
  const spec = serviceOf(policies, {}, { min: 1, max: 5 });
  let state = noState;
  return course.map(([second, value]) => {
    const now = second * 1000;
    const samples = samplesOf([value, value], { at: now });
    const decision = decideScaling(inputOf(spec, [value, value], { now, samples, state }));
    ({ state } = decision);
    return decision;
  });
}

describe('the paper’s policy (AS-02)', () => {
  it('adds one at the first evaluation at or after 60 s, and not before', () => {
    const ticks = runCourse({ spec: paper, replicas: 2, load: () => 190, lastsMs: 120_000 });
    expect(changesOf(ticks, 2)).toEqual([{ at: 60_000, by: 1 }]);
    const decision = ticks.find(({ at }) => at === 60_000)!.decision;
    expect(decision.because).toBe('policy above: mean cpu 95 % > 80 % for 60 s of 60 s, 13 evaluations');
    expect(findingOf(decision, 'AS-02')!.values).toEqual({
      policy: 'above',
      mean: 95,
      threshold: 80,
      heldForMs: 60_000,
      forMs: 60_000,
      evaluations: 13,
      replicas: 2,
      missing: 0,
    });
    expect(decision.state.policies['above']).toEqual({});
    expect(decision.state.settling).toEqual({ since: 60_000, desired: 3, from: 2 });
  });

  it('tells how far it is', () => {
    const [tick] = runCourse({ spec: paper, replicas: 2, load: () => 182.4, lastsMs: 45_000 }).slice(-1);
    expect(findingOf(tick!.decision, 'AS-02')!.text).toBe(
      'mean cpu 91.2 % > 80 % for 45 s of 60 s, 10 evaluations',
    );
  });

  it('takes 80 % itself for not above', () => {
    const ticks = runCourse({ spec: paper, replicas: 2, load: () => 160, lastsMs: 300_000 });
    expect(changesOf(ticks, 2)).toEqual([]);
    expect(findingOf(ticks[0]!.decision, 'AS-02')!.text).toBe('mean cpu 80 % is not > 80 %');
  });

  it('begins anew after one evaluation that is not above', () => {
    const load = (at: number) => (at === 50_000 ? 100 : 190);
    const ticks = runCourse({ spec: paper, replicas: 2, load, lastsMs: 150_000 });
    expect(changesOf(ticks, 2)).toEqual([{ at: 120_000, by: 1 }]);
  });

  it('needs four evaluations, however long it holds', () => {
    const decisions = evaluate(
      [above({ forMs: 20_000 })],
      [0, 15, 30, 45].map((second) => [second, 90]),
    );
    expect(decisions.map(({ desired }) => desired)).toEqual([2, 2, 2, 3]);
  });

  it('does not count an evaluation twice that is made twice', () => {
    const decisions = evaluate(
      [above({ forMs: 1000 })],
      [0, 0, 0, 0, 1, 2, 3].map((second) => [second, 90]),
    );
    expect(decisions.map(({ desired }) => desired)).toEqual([2, 2, 2, 2, 2, 2, 3]);
  });

  it('begins anew after a gap of more than two periods between evaluations, not of two', () => {
    const until = (seconds: readonly number[]) =>
      evaluate(
        [above()],
        seconds.map((second) => [second, 90]),
      ).map(({ desired }) => desired);
    expect(until([0, 20, 40, 60])).toEqual([2, 2, 2, 3]);
    expect(until([0, 20, 41, 61, 81, 101])).toEqual([2, 2, 2, 2, 2, 3]);
  });

  it('begins anew when nothing was measured for more than two periods', () => {
    const load = (at: number) => (at > 30_000 && at < 60_000 ? undefined : 190);
    const ticks = runCourse({ spec: paper, replicas: 2, load, lastsMs: 150_000 });
    expect(changesOf(ticks, 2)).toEqual([{ at: 120_000, by: 1 }]);
    const stale = ticks.find(({ at }) => at === 55_000)!.decision;
    expect(findingOf(stale, 'AS-02')!.text).toBe(
      'mean cpu 95 % > 80 %, and the newest sample is 25 s old: begins anew',
    );
  });

  it('goes on over one missed measurement', () => {
    const load = (at: number) => (at === 30_000 ? undefined : 190);
    const ticks = runCourse({ spec: paper, replicas: 2, load, lastsMs: 100_000 });
    expect(changesOf(ticks, 2)).toEqual([{ at: 60_000, by: 1 }]);
  });

  it('waits until the new replica is in service and warm', () => {
    const ticks = runCourse({ spec: paper, replicas: 2, load: () => 400, lastsMs: 400_000, bootMs: 40_000 });
    // 60 s, then 40 s of booting and 60 s of warming up each time.
    expect(changesOf(ticks, 2)).toEqual([
      { at: 60_000, by: 1 },
      { at: 160_000, by: 1 },
      { at: 260_000, by: 1 },
    ]);
    const waiting = ticks.find(({ at }) => at === 150_000)!.decision;
    expect(findingOf(waiting, 'AS-02')!.text).toBe(
      'mean cpu 100 % > 80 % for 85 s of 60 s, 18 evaluations; waits until the replicas of the last change are in service and warm',
    );
  });

  it('stays at the maximum, and says so', () => {
    const { decision, desired } = runCourse({
      spec: paper,
      replicas: 5,
      load: () => 500,
      lastsMs: 90_000,
    }).at(-1)!;
    expect(desired).toBe(5);
    expect(findingOf(decision, 'RS-01')!.text).toBe('6 would be wanted, and 5 is the most that is allowed');
  });

  it('does nothing without data, and says so', () => {
    const decision = decideScaling(inputOf(paper, [undefined, undefined]));
    expect(decision.desired).toBe(2);
    expect(decision.because).toBeUndefined();
    expect(findingOf(decision, 'AS-02')).toMatchObject({
      text: 'no sample of cpu newer than 30 s, none of 2 replicas has one: no action',
      values: { mean: null, missing: 2, replicas: 0 },
    });
  });
});

describe('scaling in below a threshold (AS-03)', () => {
  const both = serviceOf([above(), below()], {}, { min: 1, max: 5 });

  it('takes one after five minutes, then one each five minutes, while the rest would have it easy', () => {
    const ticks = runCourse({ spec: both, replicas: 3, load: () => 60, lastsMs: 1_200_000 });
    // 3 of 20 %, then 2 of 30 %, which is not below 30 %.
    expect(changesOf(ticks, 3)).toEqual([{ at: 300_000, by: -1 }]);
    const idle = runCourse({ spec: both, replicas: 3, load: () => 9, lastsMs: 1_200_000 });
    expect(changesOf(idle, 3)).toEqual([
      { at: 300_000, by: -1 },
      { at: 605_000, by: -1 },
    ]);
  });

  it('takes none when those that are left would not have it easy', () => {
    const spec = serviceOf([below({ threshold: 60 })]);
    const held = { heldSince: 0, heldCount: 99, seenAt: 995_000 };
    const state = { ...noState, policies: { below: held } };
    const at = (value: number) => decideScaling(inputOf(spec, [value, value], { now: 1_000_000, state }));
    expect(at(34.9).desired).toBe(1);
    expect(at(35).desired).toBe(2);
    expect(findingOf(at(40), 'AS-03')).toMatchObject({
      text: 'mean cpu 40 % < 60 % for 1000 s of 300 s, 100 evaluations; would be 80 % with 1 replica, not below 70 %',
      values: { projected: 80, ceiling: 70 },
    });
  });

  it('takes none while a replica warms up', () => {
    const spec = serviceOf([below()], { stabilization: { upMs: 0, downMs: 0 } });
    const state = { ...noState, policies: { below: { heldSince: 0, heldCount: 99, seenAt: 995_000 } } };
    const decision = decideScaling(
      inputOf(spec, [5, 5], { now: 1_000_000, state, warming: 1, capacity: 3, desired: 3 }),
    );
    expect(decision.desired).toBe(3);
    expect(findingOf(decision, 'AS-12')!.text).toBe('1 replica still warming up: none is taken');
    expect(decision.state.policies['below']).toMatchObject({ heldSince: 0 });
  });
});

describe('policies together', () => {
  const calm = { stabilization: { upMs: 0, downMs: 0 } };
  const withRequests = (input: ScalingInput, values: readonly number[]): ScalingInput => ({
    ...input,
    samples: {
      byReplica: {
        ...input.samples.byReplica,
        ...samplesOf(values, { at: input.now, metric: 'requests' }).byReplica,
      },
      ofGroup: {},
    },
  });
  const two = [tracking(), tracking({ id: 'rate', metric: 'requests', target: 100 })];

  it('take the greatest of what wants more (AS-09)', () => {
    const input = withRequests(inputOf(serviceOf(two, calm), [100, 100]), [150, 150]);
    expect(decideScaling(input).desired).toBe(4);
  });

  it('take replicas only if all want to, and then the greatest', () => {
    const spec = serviceOf(two, calm);
    expect(decideScaling(withRequests(inputOf(spec, [10, 10, 10, 10]), [50, 50, 50, 50])).desired).toBe(2);
    const apart = decideScaling(withRequests(inputOf(spec, [10, 10, 10, 10]), [100, 100, 100, 100]));
    expect(apart.desired).toBe(4);
    expect(findingOf(apart, 'AS-09')!.text).toBe('target would take replicas, rate would not: none is taken');
    expect(decideScaling(inputOf(spec, [10, 10, 10, 10])).desired).toBe(4);
  });

  it('leave a policy that never scales in without a say', () => {
    const spec = serviceOf([tracking(), tracking({ id: 'out', metric: 'requests', scalesIn: false })], calm);
    expect(decideScaling(inputOf(spec, [10, 10, 10, 10])).desired).toBe(1);
  });
});

describe('what stands above policies', () => {
  it('clamps to bounds at once, also when scaling is suspended (RS-01)', () => {
    const decision = decideScaling(inputOf(paper, [10], { suspended: ['scale'] }));
    expect(decision).toMatchObject({ desired: 2, because: 'the bounds leave 2' });
    expect(decideScaling(inputOf(paper, [10, 10, 10, 10, 10, 10])).desired).toBe(5);
  });

  it('judges and does nothing while scaling is suspended', () => {
    const spec = serviceOf([tracking()]);
    const decision = decideScaling(inputOf(spec, [100, 100], { suspended: ['scale'] }));
    expect(decision.desired).toBe(2);
    expect(findingOf(decision, 'RS-10')!.text).toBe('scaling is suspended: stays at 2, would be 4');
  });

  it('takes metrics of the group as a whole where no replica has them', () => {
    const spec = serviceOf([tracking({ metric: 'queue', target: 10 })]);
    const input = inputOf(spec, [undefined, undefined]);
    const samples = (at: number) => ({ byReplica: {}, ofGroup: { queue: { at, value: 20 } } });
    expect(decideScaling({ ...input, samples: samples(input.now) }).desired).toBe(4);
    expect(decideScaling({ ...input, samples: samples(input.now - 29_999) }).desired).toBe(4);
    expect(decideScaling({ ...input, samples: samples(input.now - 30_000) }).desired).toBe(2);
  });

  it('drops the state of policies that are gone', () => {
    const state = { ...noState, policies: { gone: { heldSince: 1 } } };
    expect(Object.keys(decideScaling(inputOf(paper, [10, 10], { state })).state.policies)).toEqual(['above']);
  });
});
