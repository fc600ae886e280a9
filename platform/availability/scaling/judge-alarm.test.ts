import { describe, expect, it } from 'vitest';
import type { AlarmPolicy, PolicyState } from '../model.ts';
import { alarm } from '../testing/scaling-site.ts';
import { stepOf, watch } from './judge-alarm.ts';

const periodMs = 10_000;

/** One datapoint a period; `null`: a missing one. */
function courseOf(over: Partial<AlarmPolicy>, values: readonly (number | null)[]): readonly string[] {
  const policy = alarm({ threshold: 80, datapoints: 2, ofDatapoints: 3, ...over }) as AlarmPolicy;
  let state: PolicyState = {};
  return values.map((value, index) => {
    state = watch(policy, state, value ?? undefined, { now: index * periodMs, periodMs });
    return state.alarm!;
  });
}

describe('an alarm of 2 of 3 (AS-04)', () => {
  it('is on with two that breach, off when there cannot be two, and undecided before', () => {
    expect(courseOf({}, [90, 90, 10, 10])).toEqual(['insufficient-data', 'alarm', 'alarm', 'ok']);
    expect(courseOf({}, [10, 10])).toEqual(['insufficient-data', 'ok']);
    expect(courseOf({}, [90, 10, 90, 80])).toEqual(['insufficient-data', 'insufficient-data', 'alarm', 'ok']);
  });

  it('treats missing data as the policy says', () => {
    const values = [10, 10, null, null, null];
    const of = (missing: AlarmPolicy['missing']) => courseOf({ missing }, values).slice(2);
    expect(of('missing')).toEqual(['ok', 'insufficient-data', 'insufficient-data']);
    expect(of('breaching')).toEqual(['ok', 'alarm', 'alarm']);
    expect(of('not-breaching')).toEqual(['ok', 'ok', 'ok']);
    expect(of('ignore')).toEqual(['ok', 'ok', 'ok']);
    expect(courseOf({ missing: 'ignore' }, [90, 90, null, null, null]).slice(2)).toEqual([
      'alarm',
      'alarm',
      'alarm',
    ]);
  });

  it('takes no missing data for a breach before there was any datapoint', () => {
    expect(courseOf({ missing: 'breaching', datapoints: 1, ofDatapoints: 2 }, [10])).toEqual([
      'insufficient-data',
    ]);
  });

  it('takes one datapoint a period, and forgets them over a pause', () => {
    const policy = alarm({ threshold: 80, datapoints: 2, ofDatapoints: 3 }) as AlarmPolicy;
    const first = watch(policy, {}, 90, { now: 1000, periodMs });
    const again = watch(policy, first, 90, { now: 6000, periodMs });
    expect(again).toMatchObject({ datapoints: [90], isNew: false });
    const second = watch(policy, again, 90, { now: 11_000, periodMs });
    expect(second).toMatchObject({ datapoints: [90, 90], alarm: 'alarm', isNew: true });
    expect(watch(policy, second, 90, { now: 132_000, periodMs })).toMatchObject({
      alarm: 'insufficient-data',
    });
  });
});

describe('the step of a breach (AS-06)', () => {
  it('has its lower bound inclusive and its upper one exclusive above the threshold', () => {
    const steps = [
      { from: 0, to: 10, amount: 1 },
      { from: 10, amount: 3 },
    ];
    const policy = alarm({ threshold: 50, steps }) as AlarmPolicy;
    const amounts = [49, 50, 59.9, 60, 100].map((value) => stepOf(policy, value)?.amount);
    expect(amounts).toEqual([undefined, 1, 1, 3, 3]);
  });

  it('has its lower bound exclusive and its upper one inclusive below the threshold', () => {
    const steps = [
      { from: -10, to: 0, amount: -1 },
      { to: -10, amount: -3 },
    ];
    const policy = alarm({ comparison: 'below', threshold: 50, steps }) as AlarmPolicy;
    const amounts = [51, 50, 40.1, 40, 0].map((value) => stepOf(policy, value)?.amount);
    expect(amounts).toEqual([undefined, -1, -1, -3, -3]);
  });
});
