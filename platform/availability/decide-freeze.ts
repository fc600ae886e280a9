import type { Census } from './census.ts';
import type { GroupEvent, GroupSnapshot, GroupState, HealthSpec } from './model.ts';

/** RS-02's tick: where it is longer than the interval of checks, verdicts come no faster than it. */
const tickMs = 5_000;

export type FreezeDecision = Pick<GroupState, 'frozen'> & { readonly events: readonly GroupEvent[] };

/**
 * RS-05: that more than half of what was in service, and at least two, turn unhealthy within one check window points to
 * a cause outside of the replicas; nothing is replaced then until half are well again or an operator says so. VMs that
 * do not run are not counted: they serve nobody, so that replacing them does no harm.
 */
export function decideFreeze({ now, spec, state }: GroupSnapshot, census: Census): FreezeDecision {
  const unhealthy = census.all.filter(({ standing }) => standing === 'unhealthy');
  if (state.frozen === undefined && unhealthy.length < 2) return { events: [] };
  const judged = census.serving + unhealthy.length;
  if (state.frozen !== undefined) {
    if (isMost(unhealthy.length, judged)) return { frozen: state.frozen, events: [] };
    return { events: [{ at: now, kind: 'resumed', text: 'Replacements go on: most replicas are healthy.' }] };
  }
  const from = Math.max(now - checkWindowMs(spec.health), (state.liftedAt ?? Number.NEGATIVE_INFINITY) + 1);
  const turned = unhealthy.filter(({ record }) => (record.unhealthy?.since ?? 0) >= from).length;
  if (!isMost(turned, judged)) return { events: [] };
  const because = `${turned} of ${judged} replicas turned unhealthy at once`;
  const text = `Nothing is replaced: ${because}.`;
  return { frozen: { since: now, because }, events: [{ at: now, kind: 'frozen', text }] };
}

function isMost(count: number, of: number): boolean {
  return count >= 2 && count * 2 > of;
}

/** The longest time between two verdicts with one cause, HC-02. */
function checkWindowMs({ fall, intervalMs, timeoutMs }: HealthSpec): number {
  return fall * Math.max(intervalMs, tickMs) + timeoutMs;
}
