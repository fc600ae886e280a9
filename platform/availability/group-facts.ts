import type { Census } from './census.ts';
import type { Bounds } from './group-bounds.ts';
import { answersNow } from './health-facts.ts';
import type { JudgedReplica } from './judged-replica.ts';
import type { GroupState, Process, ServiceSpec } from './model.ts';

/** What actions are decided on: judged, scaled, and no plan runs. */
export interface GroupFacts {
  readonly now: number;
  readonly spec: ServiceSpec;
  /** With the outcome, the verdicts, the freeze and the new size in it. */
  readonly state: GroupState;
  readonly bounds: Bounds;
  readonly census: Census;
  readonly answeredAt: Readonly<Record<string, number>>;
}

export function isSuspended({ state }: GroupFacts, ...processes: readonly Process[]): boolean {
  return processes.some((process) => state.suspended.includes(process));
}

export function takesOrders(facts: GroupFacts, cloud: string): boolean {
  return answersNow(facts, cloud);
}

/** By cloud, of those that are left out of `leaving`. */
export function countsByCloud(
  replicas: readonly JudgedReplica[],
  leaving: ReadonlySet<JudgedReplica>,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const replica of replicas) {
    if (leaving.has(replica)) continue;
    counts.set(replica.view.cloud, (counts.get(replica.view.cloud) ?? 0) + 1);
  }
  return counts;
}

/** Failed more often than it may (RS-06): others are asked first. */
export function isExhausted({ state, spec }: Pick<GroupFacts, 'state' | 'spec'>, cloud: string): boolean {
  return (state.launches[cloud]?.failures ?? 0) > spec.replicas.retries;
}

export function isFull({ now, state }: GroupFacts, cloud: string): boolean {
  return (state.launches[cloud]?.fullUntil ?? 0) > now;
}
