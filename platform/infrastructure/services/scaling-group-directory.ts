import type { ScalingGroupDriver } from '@trencadis/availability';

/** Where drivers of VM managers' own engines come from. */
export interface ScalingGroupDirectory {
  /** By the VM manager's key; it has none: `unsupported`. */
  at(vmm: string): Promise<ScalingGroupDriver>;
}
