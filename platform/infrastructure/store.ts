import type { InfrastructureId, PlanId, Sha256, VmName } from '@trencadis/ids';
import type { Infrastructure, Plan } from './model.ts';

/** What the platform knows of infrastructures. Everything else is observed at the VM managers or derived. */
export interface InfrastructureStore {
  /** A live one of the same owner and name: `already-exists`. */
  insert(infrastructure: Infrastructure): Promise<void>;
  /** Replaces the document and parameters of a live infrastructure; one being destroyed: `conflict`. */
  updateDocument(infrastructure: Infrastructure): Promise<void>;
  find(id: InfrastructureId): Promise<Infrastructure | undefined>;
  findByName(owner: string, name: string): Promise<Infrastructure | undefined>;
  list(owner: string): Promise<readonly Infrastructure[]>;
  requestDestroy(id: InfrastructureId): Promise<void>;
  markDestroyed(id: InfrastructureId, at: Date): Promise<void>;

  insertPlan(plan: Plan): Promise<void>;
  findPlan(id: PlanId): Promise<Plan | undefined>;
  /** Makes `next` the active plan if `previous` still is: one plan at a time, however many processes. */
  claimActivePlan(
    id: InfrastructureId,
    next: PlanId,
    previous: PlanId | undefined,
  ): Promise<'claimed' | 'taken'>;

  configuredDigests(id: InfrastructureId): Promise<Readonly<Record<string, Sha256>>>;
  setConfigured(id: InfrastructureId, vmName: VmName, digest: Sha256): Promise<void>;
  clearConfigured(id: InfrastructureId, vmName: VmName): Promise<void>;

  /** Sealed values (foundation/sealing), by name; removed when the infrastructure is gone. */
  findSecret(id: InfrastructureId, name: string): Promise<string | undefined>;
  /** Keeps the first one written and answers it: two processes agree. */
  insertSecret(id: InfrastructureId, name: string, sealed: string): Promise<string>;
  removeSecrets(id: InfrastructureId): Promise<void>;
}
