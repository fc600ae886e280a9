import type { MetricWish, Sample, ScalingInput, Statistic } from '../model.ts';

/** A metric of the group at one evaluation. */
export interface GroupValue {
  /** Absent: no data. */
  readonly value?: number;
  /** Of the replicas that have a sample that counts; empty for a metric of the group as a whole. */
  readonly values: readonly number[];
  /** Replicas that would count and have no such sample. */
  readonly missing: number;
  /** Of the newest sample that counts; `-Infinity` without data. */
  readonly newestAt: number;
}

/** A sample is older than this many periods: it does not count. */
export const freshPeriods = 3;

/**
 * AS-01: a statistic over the replicas in service and warm whose newest sample is newer than three periods. Where no
 * replica has one, the metric of the group as a whole, if it is as new.
 */
export function groupValue(input: ScalingInput, { metric, statistic }: MetricWish): GroupValue {
  const { now, counted, samples } = input;
  const freshAfter = now - freshPeriods * input.spec.scaling.periodMs;
  const byReplica = samples.byReplica[metric];
  const values: number[] = [];
  let newestAt = -Infinity;
  if (byReplica !== undefined) {
    for (const name of counted) {
      const sample = byReplica[name];
      if (!isFresh(sample, freshAfter)) continue;
      values.push(sample.value);
      if (sample.at > newestAt) newestAt = sample.at;
    }
  }
  const missing = counted.length - values.length;
  if (values.length > 0) return { value: statisticOf(values, statistic), values, missing, newestAt };
  const ofGroup = samples.ofGroup[metric];
  if (!isFresh(ofGroup, freshAfter)) return { values, missing, newestAt };
  return { value: ofGroup.value, values, missing: 0, newestAt: ofGroup.at };
}

function isFresh(sample: Sample | undefined, freshAfter: number): sample is Sample {
  return sample !== undefined && sample.at > freshAfter && Number.isFinite(sample.value);
}

const statistics: Readonly<Record<Statistic, (values: readonly number[]) => number>> = {
  mean: (values) => sumOf(values) / values.length,
  sum: sumOf,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  p90: (values) => values.toSorted((a, b) => a - b)[Math.ceil(0.9 * values.length) - 1] ?? Number.NaN,
};

/** Of at least one value; p90 by nearest rank. */
export function statisticOf(values: readonly number[], statistic: Statistic): number {
  return statistics[statistic](values);
}

function sumOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
