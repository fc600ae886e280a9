import type { InfrastructureId, VmName } from '@trencadis/ids';

/** A hook that waits on a VM, and what it was told. */
export interface WaitingHook {
  /** When it began to wait, or was last given a sign of life. */
  readonly heardAt: Date;
  readonly verdict?: 'continue' | 'abandon';
}

export interface HookStore {
  /** From now on it waits; again: changes nothing. */
  awaitHook(id: InfrastructureId, vm: VmName, at: Date): Promise<void>;
  findHook(id: InfrastructureId, vm: VmName): Promise<WaitingHook | undefined>;
  /** Answers whether one waits. `heartbeat`: its time begins anew. */
  signalHook(
    id: InfrastructureId,
    vm: VmName,
    signal: { readonly verdict: 'continue' | 'abandon' | 'heartbeat'; readonly at: Date },
  ): Promise<boolean>;
  clearHook(id: InfrastructureId, vm: VmName): Promise<void>;
}
