import type {
  Evaluation,
  GroupCondition,
  GroupEvent,
  GroupSnapshot,
  GroupState,
  PlanOutcome,
  ReplicaPhase,
} from '@trencadis/availability';
import type { PlanId, Sha256, VmName } from '@trencadis/ids';
import type { GroupKey } from './fleet.ts';

/** What is stored of a group. */
export interface GroupRecord extends GroupKey {
  /** One higher with each change of the row: who changes it says which one they saw. */
  readonly version: number;
  readonly state: GroupState;
  /** The plan that the last action became, until its outcome has been judged; noted before it is started. */
  readonly planId?: PlanId;
  /** Of an action for which there was no plan to start: it could not be planned, or there was nothing to do. */
  readonly outcome?: PlanOutcome;
  /** An operator wants replicas made anew that came into service before then, outdated or not; ms since 1970. */
  readonly refreshBefore?: number;
  /** Of the document that the state is about: with another one, what became of an earlier roll means nothing. */
  readonly documentDigest?: Sha256;
  /** As the controller saw it last. */
  readonly view?: GroupView;
}

/** What a person sees of a group beside its state. Instants are milliseconds since 1970. */
export interface GroupView {
  readonly at: number;
  readonly condition: GroupCondition;
  /** Why it is not ok. */
  readonly because?: string;
  readonly endpoints: readonly string[];
  /** Why the balancer, or a VM manager, is not known to be well. */
  readonly troubles: readonly string[];
  readonly replicas: readonly ReplicaLook[];
}

export interface ReplicaLook {
  readonly name: VmName;
  readonly cloud: string;
  readonly number: number;
  readonly phase: ReplicaPhase;
  readonly vm: GroupSnapshot['replicas'][number]['vm'];
  readonly zone?: string;
  readonly address?: string;
  readonly member?: string;
  readonly sessions?: number;
  readonly isProtected: boolean;
  readonly isOutdated: boolean;
  /** Why it is unhealthy or has failed. */
  readonly because?: string;
}

export interface StoredEvaluation extends GroupKey {
  /** It began something, or changed what is desired: kept for longer. */
  readonly isDecision: boolean;
  readonly evaluation: Evaluation;
  /** All that it was decided on (AS-16). */
  readonly snapshot: GroupSnapshot;
}

/** `sequence` grows, also over groups. */
export type StoredEvent = GroupEvent & { readonly sequence: number };

/** One text for a key, for maps. */
export function keyOf({ infrastructureId, serviceId }: GroupKey): string {
  return `${infrastructureId}/${serviceId}`;
}
