import type { InfrastructureId, PlanId, Sha256, VmName } from '@trencadis/ids';
import type { AttentionStore } from './attention-store.ts';
import type { ConfiguredKeys, ImageChoice, Infrastructure, Plan, Target, Usage } from './model.ts';
import type { PersistentDiskStore } from './persistent-disk-store.ts';
import type { HookStore } from './services/hook-store.ts';

export interface StoreCaller {
  readonly owner: string;
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
}

/** What is not said by the document. An `expiresAt` of `null` takes the lease away. */
export interface InfrastructureTerms {
  readonly owner?: string;
  readonly shares?: Infrastructure['shares'];
  readonly expiresAt?: Date | null;
}

export type PlanSummary = Pick<Plan, 'id' | 'kind' | 'createdAt' | 'createdBy'> & {
  readonly stepCount: number;
};

export interface ConfiguredStage {
  readonly name: VmName;
  readonly stage: string;
  /** Of what it was done with. */
  readonly key: Sha256;
}

/** What the platform knows of infrastructures. Everything else is observed at the VM managers or derived. */
/** Whose target it is, and the keys of the VM managers where that plan acts. */
export interface Adoption {
  readonly planId: PlanId;
  readonly vmms: readonly string[];
}

export interface InfrastructureStore extends AttentionStore, PersistentDiskStore, HookStore {
  /** A live one of the same owner and name: `already-exists`. */
  insert(infrastructure: Infrastructure): Promise<void>;
  /**
   * Gives a live infrastructure a plan's target, and adds the VM managers at which the plan acts; keeps what it had
   * before for {@link restoreTarget}. Again with the same plan: changes nothing. One being destroyed: `conflict`.
   */
  updateTarget(id: InfrastructureId, target: Target, adoption: Adoption): Promise<void>;
  /** Gives it back the target that it had before that plan's, unless another plan's came since, or it is being destroyed. */
  restoreTarget(id: InfrastructureId, planId: PlanId): Promise<void>;
  /** Who else acts through it, until when it lives, whose it is; one being destroyed: `conflict`. */
  updateTerms(id: InfrastructureId, terms: InfrastructureTerms): Promise<void>;
  find(id: InfrastructureId): Promise<Infrastructure | undefined>;
  findByName(owner: string, name: string): Promise<Infrastructure | undefined>;
  /** The living ones that are the caller's, or shared with a group of theirs; of all owners for an admin. Oldest first. */
  list(caller: StoreCaller): Promise<readonly Infrastructure[]>;
  /** Of all living infrastructures of that owner but one. */
  usageOf(owner: string, except: InfrastructureId): Promise<Usage>;
  requestDestroy(id: InfrastructureId): Promise<void>;
  markDestroyed(id: InfrastructureId, at: Date): Promise<void>;
  /** Closes a live one whose active plan is that one and leaves everything else; otherwise `taken`. */
  release(id: InfrastructureId, at: Date, activePlanId: PlanId | undefined): Promise<'released' | 'taken'>;
  /** Takes the place of the one of its id, which was released; was it not, or is its name taken: `already-exists`. */
  takeUp(infrastructure: Infrastructure): Promise<void>;

  insertPlan(plan: Plan): Promise<void>;
  findPlan(id: PlanId): Promise<Plan | undefined>;
  /** Only the images that it chose. */
  findPlanImages(id: PlanId): Promise<readonly ImageChoice[]>;
  /** Those of these that there are, without their steps. */
  findPlanSummaries(ids: readonly PlanId[]): Promise<readonly PlanSummary[]>;
  /** Without their steps, newest first. */
  listPlans(id: InfrastructureId): Promise<readonly PlanSummary[]>;
  /** Makes `next` the active plan if `previous` still is: one plan at a time, however many processes. */
  claimActivePlan(
    id: InfrastructureId,
    next: PlanId,
    previous: PlanId | undefined,
  ): Promise<'claimed' | 'taken'>;

  configuredKeys(id: InfrastructureId): Promise<ConfiguredKeys>;
  setConfigured(id: InfrastructureId, done: ConfiguredStage): Promise<void>;
  /** Of one stage of a VM's contextualization, or of all. */
  clearConfigured(id: InfrastructureId, vmName: VmName, stage?: string): Promise<void>;

  /** Sealed values (foundation/sealing), by name; removed when the infrastructure is gone. */
  findSecret(id: InfrastructureId, name: string): Promise<string | undefined>;
  /** Keeps the first one written and answers it: two processes agree. */
  insertSecret(id: InfrastructureId, name: string, sealed: string): Promise<string>;
  listSecrets(id: InfrastructureId): Promise<Readonly<Record<string, string>>>;
  removeSecrets(id: InfrastructureId): Promise<void>;
}
