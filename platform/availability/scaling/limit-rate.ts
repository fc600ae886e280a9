import type { RateLimit, ScalingSpec, ScalingState } from '../model.ts';

type Changes = ScalingState['changes'];

interface Wanted {
  readonly now: number;
  readonly desired: number;
  readonly wanted: number;
}

/**
 * AS-11: from what there was at the beginning of a limit's period, so much more or less at most. Of several limits the
 * choice takes the one that lets most or least happen; `disabled` lets nothing happen in a direction that has limits.
 */
export function limitRate(changes: Changes, { now, desired, wanted }: Wanted, spec: ScalingSpec): number {
  const limits = wanted > desired ? spec.limits.up : spec.limits.down;
  if (wanted === desired || limits.length === 0) return wanted;
  if (spec.limitChoice === 'disabled') return desired;
  const isUp = wanted > desired;
  const bounds = limits.map((limit) => {
    const start = desired - changedSince(changes, now - limit.periodMs);
    return isUp ? highest(start, limit) : lowest(start, limit);
  });
  const takesGreatest = isUp === (spec.limitChoice === 'max');
  const bound = takesGreatest ? Math.max(...bounds) : Math.min(...bounds);
  return isUp ? Math.max(desired, Math.min(wanted, bound)) : Math.min(desired, Math.max(wanted, bound));
}

/** Added less taken, after that instant. */
function changedSince(changes: Changes, since: number): number {
  let sum = 0;
  for (const { at, by } of changes) if (at > since) sum += by;
  return sum;
}

function highest(start: number, { amount, unit }: RateLimit): number {
  return unit === 'replicas' ? start + amount : Math.ceil((start * (100 + amount)) / 100);
}

function lowest(start: number, { amount, unit }: RateLimit): number {
  return unit === 'replicas' ? start - amount : Math.trunc((start * (100 - amount)) / 100);
}

/** As far back as the longest period of a limit. */
export function recordChange(changes: Changes, now: number, by: number, { limits }: ScalingSpec): Changes {
  const periods = [...limits.up, ...limits.down].map(({ periodMs }) => periodMs);
  if (periods.length === 0) return changes.length === 0 ? changes : [];
  const since = now - Math.max(...periods);
  if (by === 0 && changes.every(({ at }) => at > since)) return changes;
  const kept = changes.filter(({ at }) => at > since);
  return by === 0 ? kept : [...kept, { at: now, by }];
}
