import { describe, expect, it } from 'vitest';
import { inputOf, namesOf, samplesOf, serviceOf } from '../testing/scaling-site.ts';
import { groupValue, statisticOf } from './group-value.ts';

const spec = serviceOf([]);
const mean = { metric: 'cpu', statistic: 'mean' } as const;

describe('a metric of the group (AS-01)', () => {
  it('is the mean of the replicas that count and have a sample newer than three periods', () => {
    const now = 100_000;
    const { byReplica } = samplesOf([10, 20, 90, 70], { at: now });
    const samples = {
      byReplica: { cpu: { ...byReplica['cpu'], [namesOf(2)[1]!]: { at: now - 30_000, value: 20 } } },
      ofGroup: {},
    };
    const input = inputOf(spec, [0, 0, 0], { now, samples });
    expect(groupValue(input, mean)).toEqual({ value: 50, values: [10, 90], missing: 1, newestAt: now });
  });

  it('has no value without data, nor of what is no number', () => {
    expect(groupValue(inputOf(spec, []), mean).value).toBeUndefined();
    expect(groupValue(inputOf(spec, [Number.NaN]), mean).value).toBeUndefined();
    expect(groupValue(inputOf(spec, [5]), { ...mean, metric: 'requests' }).value).toBeUndefined();
  });

  it.each([
    ['mean', 5.5],
    ['min', 1],
    ['max', 10],
    ['sum', 55],
    ['p90', 9],
  ] as const)('is the %s of 1 to 10: %d', (statistic, value) => {
    expect(statisticOf([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], statistic)).toBe(value);
  });

  it('is the one value where there is one, by every statistic', () => {
    for (const statistic of ['mean', 'min', 'max', 'sum', 'p90'] as const)
      expect(statisticOf([3], statistic)).toBe(3);
  });
});
