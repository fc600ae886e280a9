import type { ReplicaRecord, ReplicaView } from './model.ts';

/**
 * What a replica counts as. `pending`: not in service yet. `unhealthy`: its checks say so. `dead`: its VM manager, which
 * answers, says that it does not run, or it never came into service. `leaving`: drained, to be deleted.
 */
export type Standing = 'in-service' | 'warming' | 'pending' | 'unhealthy' | 'dead' | 'leaving' | 'standby';

export interface JudgedReplica {
  readonly view: ReplicaView;
  readonly record: ReplicaRecord;
  readonly standing: Standing;
  /** Its VM manager answers for it now: it can be deleted, and what is seen of it is so. */
  readonly answers: boolean;
  /** It lacks its configuration or its place at the balancer, or was on standby, and no plan runs. */
  readonly isUnfinished: boolean;
}

/** Counted towards the desired ones: `|Pending u InService u Warming|` of RS-02. */
export function isLive({ standing }: JudgedReplica): boolean {
  return standing === 'in-service' || standing === 'warming' || standing === 'pending';
}

export function isServing({ standing }: JudgedReplica): boolean {
  return standing === 'in-service' || standing === 'warming';
}

export function nameOf(replica: JudgedReplica): string {
  return replica.view.name;
}

export function byName(one: JudgedReplica, other: JudgedReplica): number {
  if (one.view.name === other.view.name) return 0;
  return one.view.name < other.view.name ? -1 : 1;
}

/** Older verdicts first; equal ones by name. */
export function byVerdict(one: JudgedReplica, other: JudgedReplica): number {
  return (one.record.unhealthy?.since ?? 0) - (other.record.unhealthy?.since ?? 0) || byName(one, other);
}
