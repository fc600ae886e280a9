import type { GroupState } from '@trencadis/availability';
import type { GroupView } from './group-record.ts';

/** What is lost with the rest until it is stored next: counters, and samples that come again. */
export function essenceOf(state: GroupState, view: GroupView | undefined): string {
  const { replicas, scaling, ...rest } = state;
  const records = Object.entries(replicas).map(([name, { failures: _f, passes: _p, ...record }]) => [
    name,
    record,
  ]);
  const policies = Object.entries(scaling.policies).map(([id, { heldSince, alarm, cooldownUntil }]) => [
    id,
    { heldSince, alarm, cooldownUntil },
  ]);
  const { changes, settling } = scaling;
  return JSON.stringify([rest, records, policies, changes, settling, view && lookOf(view)]);
}

function lookOf({ at: _at, replicas, ...view }: GroupView): unknown {
  return [view, replicas.map(({ sessions: _sessions, ...look }) => look)];
}

/** A policy's condition holds: what it counts is worth storing at each tick. */
export function isCounting({ scaling }: GroupState): boolean {
  return Object.values(scaling.policies).some(
    ({ heldSince, alarm }) => heldSince !== undefined || alarm === 'alarm',
  );
}
