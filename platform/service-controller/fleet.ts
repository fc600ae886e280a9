import type {
  GroupAction,
  MemberStatus,
  PlanOutcome,
  ReplicaView,
  ServiceSpec,
} from '@trencadis/availability';
import type { InfrastructureId, PlanId, Sha256, VmName } from '@trencadis/ids';

/** One service of one infrastructure: its replicas are a group. */
export interface GroupKey {
  readonly infrastructureId: InfrastructureId;
  readonly serviceId: string;
}

/** A group that is deployed, or being deployed: what the document in force asks for. */
export interface Group extends GroupKey {
  readonly infrastructureName: string;
  readonly owner: string;
  readonly spec: ServiceSpec;
  /** Of all that its replicas are made of: document, parameters, components. */
  readonly documentDigest: Sha256;
  /** Replicas that the target in force asks for, by cloud as in a `change`; a new group's desired count is their sum. */
  readonly counts: Readonly<Record<string, number>>;
  /** The infrastructure's plan that runs now, whoever began it. */
  readonly runningPlanId?: PlanId;
}

/** A VM of the group, whether the document still asks for it or not. */
export interface ObservedReplica extends Omit<ReplicaView, 'member' | 'probe' | 'heartbeatAt'> {
  /** At which the platform reaches it, and the balancer; absent: it has none yet. */
  readonly address?: string;
  /** Within its VM manager. */
  readonly zone?: string;
  /** Why its VM or its configuration failed. */
  readonly failure?: string;
}

/** Answers of the VM managers. Those of one that does not answer are the last known ones, with `unknown` as their VM's state. */
export interface ObservedVms {
  readonly replicas: readonly ObservedReplica[];
  /** As in a snapshot: by cloud, when its VM manager answered last; ms since 1970. */
  readonly answeredAt: Readonly<Record<string, number>>;
}

export interface ObservedBalancer {
  /** Where clients reach the service, the one to use first: `https://10.0.0.5`, `tcp://10.0.0.5:5432`. */
  readonly endpoints: readonly string[];
  readonly status: 'creating' | 'active' | 'failed';
  readonly failure?: string;
  /** Of the group's own pool. */
  readonly members: readonly MemberStatus[];
}

export type HookVerdict = 'continue' | 'abandon' | 'heartbeat';

/**
 * What the controller acts on: infrastructures, seen as groups of replicas (platform/infrastructure, in the
 * application). Every call may be repeated. What stands in the way for a while is `unavailable`.
 */
export interface Fleet {
  /**
   * Of all living infrastructures that are deployed, and not being destroyed, or of these. Asks no VM manager; called
   * every 5 s, and at requests of people for some.
   */
  listGroups(signal: AbortSignal, only?: readonly InfrastructureId[]): Promise<readonly Group[]>;
  /** Asks the VM managers; called every 10 s and when something changed. A group that is gone: `not-found`. */
  observeVms(group: Group, signal: AbortSignal): Promise<ObservedVms>;
  /**
   * Asks the balancer alone, every second; `undefined`: the service has none, or it is not there yet. One that does not
   * answer: `unavailable`.
   */
  describeBalancer(group: Group, signal: AbortSignal): Promise<ObservedBalancer | undefined>;
  /**
   * Stores one plan of the infrastructure that brings the action about, and changes nothing else; `undefined`: there is
   * nothing to do. A `roll` makes a VM that is not outdated anew all the same. Another plan runs, or the world is not
   * as it was observed: `conflict`, tried again at the next tick. No room: `quota-exceeded`, with `cloud` in its details
   * where it lacks at that VM manager only.
   */
  plan(group: Group, action: GroupAction, signal: AbortSignal): Promise<PlanId | undefined>;
  /**
   * Stores the plan that brings back the document of before the one in force. There is none: `not-found`. `actor`: who
   * asked for it; absent, the controller itself goes back, and nobody is led to what it left by asking again.
   */
  planRollBack(group: Group, signal: AbortSignal, actor?: string): Promise<PlanId | undefined>;
  /** Starts a stored plan and answers at once; one that was started is left alone. `conflict` as above. */
  start(planId: PlanId, signal: AbortSignal): Promise<void>;
  /** Where a plan stands; `planned`: it was never started, `undefined`: there is no such plan. */
  outcome(planId: PlanId): Promise<'planned' | 'running' | PlanOutcome | undefined>;
  /**
   * What somebody says to a hook that waits on that VM (RS-11); `heartbeat`: its time begins anew. None waits:
   * `not-found`.
   */
  signalHook(group: GroupKey, vm: VmName, verdict: HookVerdict): Promise<void>;
  /** Told when a plan began or ended, or a document was applied, if this process knows. Answers how to stop that. */
  onChange(listener: (infrastructureId: InfrastructureId) => void): () => void;
}
