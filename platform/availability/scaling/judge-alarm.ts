import type { AlarmPolicy, PolicyState } from '../model.ts';

type Alarm = NonNullable<PolicyState['alarm']>;

/** Evaluations farther apart than the greater of both say nothing of each other. */
const forgetAfterPeriods = 3;
const forgetAfterMs = 120_000;

export interface Watched {
  readonly datapoints: readonly (number | null)[];
  readonly alarm: Alarm;
  readonly seenAt: number;
  /** A datapoint was taken at this evaluation. */
  readonly isNew: boolean;
}

/**
 * AS-04: one datapoint a period, the last `ofDatapoints` kept. The alarm is on when `datapoints` of them breach, off when
 * they cannot; a missing one counts as the policy says. What is undecided then is `insufficient-data`, or stays as it
 * was (`ignore`).
 */
export function watch(
  policy: AlarmPolicy,
  former: PolicyState,
  value: number | undefined,
  { now, periodMs }: { readonly now: number; readonly periodMs: number },
): Watched {
  const { datapoints = [], alarm = 'insufficient-data', seenAt } = former;
  const forgetMs = Math.max(forgetAfterMs, forgetAfterPeriods * periodMs);
  const isForgotten = seenAt === undefined || Math.abs(now - seenAt) > forgetMs;
  if (!isForgotten && Math.floor(now / periodMs) <= Math.floor(seenAt / periodMs))
    return { datapoints, alarm, seenAt, isNew: false };
  const kept = isForgotten ? [value ?? null] : [...datapoints, value ?? null].slice(-policy.ofDatapoints);
  return { datapoints: kept, alarm: alarmOf(policy, kept, alarm), seenAt: now, isNew: true };
}

function alarmOf(policy: AlarmPolicy, points: readonly (number | null)[], former: Alarm): Alarm {
  let breaching = 0;
  let undecided = policy.ofDatapoints - points.length;
  for (const point of points) {
    if (point !== null) breaching += isBreach(policy, point) ? 1 : 0;
    else if (policy.missing === 'breaching') breaching += 1;
    else if (policy.missing !== 'not-breaching') undecided += 1;
  }
  if (breaching >= policy.datapoints) return 'alarm';
  if (breaching + undecided < policy.datapoints) return 'ok';
  return policy.missing === 'ignore' ? former : 'insufficient-data';
}

export function isBreach({ comparison, threshold }: AlarmPolicy, value: number): boolean {
  return comparison === 'above' ? value > threshold : value < threshold;
}

/**
 * The step that a breach falls in; bounds are relative to the threshold. Above it the lower one is inclusive and the
 * upper one exclusive, below it the lower one exclusive and the upper one inclusive.
 */
export function stepOf(policy: AlarmPolicy, value: number): AlarmPolicy['steps'][number] | undefined {
  const by = value - policy.threshold;
  return policy.steps.find(({ from = -Infinity, to = Infinity }) =>
    policy.comparison === 'above' ? from <= by && by < to : from < by && by <= to,
  );
}
