import type { VmName } from '@trencadis/ids';
import type { MemberState } from './balancer.ts';
import type { ServiceSpec } from './service-spec.ts';

export type * from './balancer.ts';
export type * from './service-spec.ts';

/**
 * All that a decision on one service builds on. Instants are milliseconds since 1970; everything is plain JSON, so that
 * a snapshot can be stored and replayed (AS-16).
 */
export interface GroupSnapshot {
  readonly now: number;
  readonly spec: ServiceSpec;
  readonly state: GroupState;
  readonly replicas: readonly ReplicaView[];
  /** A plan of the infrastructure runs: nothing is begun, everything is still judged. */
  readonly isPlanRunning: boolean;
  /** No balancer tells of replicas, so that the platform probes them itself; default: true. */
  readonly isProbing?: boolean;
  /** Of the group's own last plan, in the one snapshot after it ended. */
  readonly outcome?: PlanOutcome;
  /** Instants of VM managers' last answers, by cloud; a cloud that answers now has `now`. */
  readonly answeredAt: Readonly<Record<string, number>>;
  readonly samples: Samples;
}

/** One replica as it is seen now. */
export interface ReplicaView {
  readonly name: VmName;
  /** The name by which `ReplicaSpec.clouds` calls its VM manager; `''` without `clouds`. */
  readonly cloud: string;
  readonly number: number;
  /** `unknown`: its VM manager does not answer. */
  readonly vm: 'creating' | 'running' | 'stopped' | 'failed' | 'absent' | 'unknown';
  readonly isConfigured: boolean;
  /** At the balancer; `absent` where it is not joined; missing where there is no balancer or it does not answer. */
  readonly member?: MemberState | 'absent';
  /** Of this snapshot's probe; missing: none was made. */
  readonly probe?: { readonly isPassed: boolean; readonly because?: string };
  /** The agent's, or the service's own. */
  readonly heartbeatAt?: number;
  /** Another document, image or component is asked for than it was made with. */
  readonly isOutdated: boolean;
  /** It holds a persistent disk: its successor needs that disk, so it can only be made anew in its place. */
  readonly holdsDisk: boolean;
  /** As the infrastructure was told last: no plan lets it in, whatever else the plan does. */
  readonly isStandby?: boolean;
}

/** The newest sample of each metric, by replica, or of the group as a whole. */
export interface Samples {
  readonly byReplica: Readonly<Record<string, Readonly<Record<VmName, Sample>>>>;
  readonly ofGroup: Readonly<Record<string, Sample>>;
}

export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** What is kept of a group between two decisions. Plain JSON; stored before what was decided begins. */
export interface GroupState {
  readonly desired: number;
  /** Instead of the document's, by a schedule or an operator. */
  readonly bounds?: { readonly min: number; readonly max: number };
  readonly suspended: readonly Process[];
  readonly replicas: Readonly<Record<VmName, ReplicaRecord>>;
  /** RS-06, by cloud. */
  readonly launches: Readonly<Record<string, LaunchRecord>>;
  /** RS-05: since when nothing is replaced, and why. */
  readonly frozen?: { readonly since: number; readonly because: string };
  readonly scaling: ScalingState;
  readonly roll?: RollState;
  /** What the own plan that runs was decided as, until its outcome is seen. */
  readonly pending?: PendingAction;
  /** When an operator lifted a freeze: what turned unhealthy before then freezes nothing again. */
  readonly liftedAt?: number;
  /** What lacks something to be in service, or is to get no more requests, is not asked for again before. */
  readonly finishAt?: number;
  /** Plans without a launch that failed in a row: none like them is begun before. */
  readonly setback?: { readonly failures: number; readonly notBefore: number; readonly because: string };
}

export type Process = 'launch' | 'terminate' | 'replace' | 'scale' | 'schedule';

export interface ReplicaRecord {
  /** When it was first seen. */
  readonly since: number;
  /** When it first passed all that a replica has to pass: from then on it warms up, then counts. */
  readonly inServiceAt?: number;
  readonly isProtected?: boolean;
  readonly isStandby?: boolean;
  /** Of the platform's own probes, in a row. */
  readonly failures: number;
  readonly passes: number;
  /** The verdict, and since when. */
  readonly unhealthy?: { readonly since: number; readonly because: string };
  /** Since when its VM does not run, RS-07's glitch. */
  readonly offSince?: number;
  /** Since when it is not in service and no plan works on it. */
  readonly waitsSince?: number;
  /** As of the last decision, so that a change is seen (RS-03). */
  readonly phase?: ReplicaPhase;
}

export interface LaunchRecord {
  /** In a row. */
  readonly failures: number;
  readonly notBefore: number;
  readonly because: string;
  /** It has no room (capacity or quota): others are asked first until then. */
  readonly fullUntil?: number;
}

/** By policy id. */
export interface ScalingState {
  readonly policies: Readonly<Record<string, PolicyState>>;
  /** AS-10, newest last, as far back as the longer window. */
  readonly recommendations: readonly { readonly at: number; readonly desired: number }[];
  /** AS-11, newest last, as far back as the longest period. */
  readonly changes: readonly { readonly at: number; readonly by: number }[];
  /** Schedules were last looked at then; absent: never, so nothing is missed. */
  readonly schedulesAt?: number;
  /** Nothing is scaled out by thresholds until the replicas of the last change are in service and warm. */
  readonly settling?: {
    readonly since: number;
    readonly desired: number;
    /** Desired before it: what AS-06 adds to, so that one breach is answered once; absent: as `desired`. */
    readonly from?: number;
  };
}

export interface PolicyState {
  /** AS-02: since when the condition holds, how often it was found to, and when last. */
  readonly heldSince?: number;
  readonly heldCount?: number;
  readonly seenAt?: number;
  /** AS-04: newest last; `undefined`-free: `null` is a missing one. */
  readonly datapoints?: readonly (number | null)[];
  readonly alarm?: 'ok' | 'alarm' | 'insufficient-data';
  /** AS-05. */
  readonly cooldownUntil?: number;
  /** AS-05: the cooldown begins once the group has so many. */
  readonly awaits?: number;
}

export interface RollState {
  readonly startedAt: number;
  /** The group's replicas when it began. */
  readonly total: number;
  readonly rolled: number;
  readonly progressAt: number;
  readonly isPaused?: boolean;
  /** Waits at a checkpoint until then. */
  readonly waitsUntil?: number;
  readonly checkpointsPassed: number;
  /** It goes back to what was before. */
  readonly isRollback?: boolean;
  readonly failed?: { readonly at: number; readonly because: string };
  /** Of its plans, in a row. */
  readonly failures?: number;
}

/** One plan of the infrastructure. */
export type GroupAction =
  | {
      readonly kind: 'change';
      /** Replicas there shall be, by cloud. */
      readonly counts: Readonly<Record<string, number>>;
      /** Leave: drained, then deleted; after the new ones are in service, or before with `terminate-first`. */
      readonly retire: readonly VmName[];
      /** Made anew in their places, with the same names and disks. */
      readonly recreate: readonly VmName[];
      /** They stay, and are brought into service with what they lack; where they seem to be in it, once more. */
      readonly finish?: readonly VmName[];
      /** They stay, and get no more requests from now on. */
      readonly leave?: readonly VmName[];
      /** All that stand by, and no others: no plan lets them in until one says otherwise. Absent: those of before. */
      readonly standby?: readonly VmName[];
      readonly order: 'launch-first' | 'terminate-first';
      readonly because: string;
    }
  /** Brought to what the document asks for now: drained, changed or made anew, joined again. */
  | { readonly kind: 'roll'; readonly vms: readonly VmName[]; readonly because: string };

export type PendingAction = GroupAction & {
  readonly at: number;
  /** Clouds at which it launches. */
  readonly launchesAt?: readonly string[];
  /** A batch of a rolling update, whatever its kind. */
  readonly isRoll?: boolean;
};

export interface PlanOutcome {
  readonly isSuccess: boolean;
  /** Of the step that failed; `quota-exceeded` and `unavailable` at a launch lead to the next cloud. */
  readonly errorCode?: string;
  readonly because?: string;
  /** Where it failed. */
  readonly cloud?: string;
}

/** Where a replica is in its life (RS-03). */
export type ReplicaPhase =
  | 'requested'
  | 'booting'
  | 'configuring'
  | 'joining'
  | 'warming'
  | 'in-service'
  | 'draining'
  | 'terminating'
  | 'standby'
  | 'failed'
  | 'unknown';

export interface GroupDecision {
  readonly state: GroupState;
  readonly action?: GroupAction;
  /** What a roll that failed asks for beside: the document of before. */
  readonly rollsBack?: boolean;
  readonly evaluation: Evaluation;
  readonly events: readonly GroupEvent[];
}

/** Why it was decided so (AS-16). */
export interface Evaluation {
  readonly at: number;
  readonly desiredBefore: number;
  readonly desiredAfter: number;
  /** For a person, one sentence. */
  readonly verdict: string;
  readonly findings: readonly Finding[];
}

export interface Finding {
  /** Of the feature table, or a policy's id: `RS-05`, `AS-02`. */
  readonly rule: string;
  /** For a person: `mean cpu 91.2 % > 80 % for 45 s of 60 s, 10 evaluations`. */
  readonly text: string;
  readonly values: Readonly<Record<string, number | string | boolean | null>>;
}

export type GroupCondition = 'ok' | 'degraded' | 'frozen';

export interface GroupEvent {
  readonly at: number;
  readonly kind:
    | 'phase'
    | 'unhealthy'
    | 'healthy'
    | 'replace'
    | 'launch-failed'
    | 'scale'
    | 'schedule'
    | 'frozen'
    | 'resumed'
    | 'roll'
    | 'degraded'
    | 'recovered'
    /** By an operator. */
    | 'changed';
  readonly vm?: VmName;
  readonly text: string;
}

/** Input of the scaling decision alone. */
export interface ScalingInput {
  readonly now: number;
  readonly spec: ServiceSpec;
  readonly state: ScalingState;
  readonly desired: number;
  readonly bounds: { readonly min: number; readonly max: number };
  /** Of what is in service and warm, what counts in metrics. */
  readonly counted: readonly VmName[];
  /** In service, warming, booting: what counts as capacity. */
  readonly capacity: number;
  /** In service, and not warm yet. */
  readonly warming: number;
  readonly samples: Samples;
  readonly suspended: readonly Process[];
}

export interface ScalingDecision {
  readonly desired: number;
  /** By schedules. */
  readonly bounds?: { readonly min: number; readonly max: number };
  readonly state: ScalingState;
  readonly findings: readonly Finding[];
  readonly because?: string;
}
