import type {
  GroupSnapshot,
  PendingAction,
  PlanOutcome,
  ReplicaView,
  Samples,
} from '@trencadis/availability';
import type { VmName } from '@trencadis/ids';
import type { Group, ObservedBalancer, ObservedReplica, ObservedVms } from './fleet.ts';
import type { GroupRecord } from './group-record.ts';
import type { ProbeAnswer } from './measuring.ts';

/** What is known of a group, each part as fresh as it was asked for. */
export interface Seen {
  readonly vms: ObservedVms & {
    /** When they were asked: what began to answer then answers now. */
    readonly askedAt: number;
    /** The last try after that failed. */
    readonly isStale: boolean;
  };
  /** `undefined`: there is none, or it does not answer now. */
  readonly balancer?: ObservedBalancer | undefined;
  /** Since the last snapshot. */
  readonly probes: ReadonlyMap<VmName, ProbeAnswer>;
  readonly beats: (vm: VmName) => number | undefined;
  readonly samples: Samples;
}

export interface Moment {
  readonly now: number;
  readonly group: Group;
  readonly record: GroupRecord;
  readonly outcome?: PlanOutcome | undefined;
  readonly isPlanRunning: boolean;
}

/** All that is decided on, as plain JSON. */
export function composeSnapshot(
  { now, group, record, outcome, isPlanRunning }: Moment,
  seen: Seen,
): GroupSnapshot {
  return {
    now,
    spec: group.spec,
    state: record.state,
    replicas: seen.vms.replicas.map((replica) => viewOf(replica, { record, outcome }, seen)),
    isPlanRunning,
    isProbing: seen.balancer === undefined,
    ...(outcome === undefined ? {} : { outcome }),
    answeredAt: answersAt(now, seen),
    samples: seen.samples,
  };
}

/** VM managers are asked every few seconds: who answered the last time answers now. */
function answersAt(now: number, { vms }: Seen): GroupSnapshot['answeredAt'] {
  const answers = Object.entries(vms.answeredAt);
  return Object.fromEntries(
    answers.map(([cloud, at]) => [cloud, !vms.isStale && at >= vms.askedAt ? now : at]),
  );
}

function viewOf(
  replica: ObservedReplica,
  { record, outcome }: Pick<Moment, 'record' | 'outcome'>,
  { balancer, probes, beats }: Seen,
): ReplicaView {
  const { name, cloud, number, vm, isConfigured, holdsDisk, isStandby } = replica;
  const isOutdated = replica.isOutdated || isToBeRefreshed(record, name, outcome);
  const probe = probes.get(name);
  const heartbeatAt = beats(name);
  return {
    name,
    cloud,
    number,
    vm,
    isConfigured,
    ...(balancer === undefined ? {} : { member: memberAt(balancer, name) }),
    ...(probe === undefined ? {} : { probe }),
    ...(heartbeatAt === undefined ? {} : { heartbeatAt }),
    isOutdated,
    holdsDisk,
    ...(isStandby === true ? { isStandby } : {}),
  };
}

/** What is made anew comes into service anew; of what a plan has just made anew, that has not been noted yet. */
function isToBeRefreshed(
  { refreshBefore, state }: GroupRecord,
  name: VmName,
  outcome: PlanOutcome | undefined,
): boolean {
  const inServiceAt = state.replicas[name]?.inServiceAt;
  if (refreshBefore === undefined || inServiceAt === undefined || inServiceAt >= refreshBefore) return false;
  return outcome?.isSuccess !== true || !remadeBy(state.pending).includes(name);
}

function remadeBy(pending: PendingAction | undefined): readonly VmName[] {
  if (pending === undefined) return [];
  return pending.kind === 'roll' ? pending.vms : pending.recreate;
}

export function memberAt({ members }: ObservedBalancer, name: VmName): NonNullable<ReplicaView['member']> {
  return members.find((each) => each.name === name)?.state ?? 'absent';
}

/** Later ones win where both know a metric of the same replica. */
export function mergeSamples(...all: readonly Samples[]): Samples {
  const byReplica: Record<string, Record<VmName, { at: number; value: number }>> = {};
  for (const samples of all)
    for (const [metric, ofReplicas] of Object.entries(samples.byReplica))
      byReplica[metric] = { ...byReplica[metric], ...ofReplicas };
  return {
    byReplica,
    ofGroup: Object.assign({}, ...all.map(({ ofGroup }) => ofGroup)) as Samples['ofGroup'],
  };
}
