import type { BalancerDriver, BalancerHost } from '@trencadis/availability';

/** Where drivers of balancers come from. */
export interface BalancerDirectory {
  /** One of ours, on those VMs. */
  onHosts(hosts: readonly BalancerHost[]): BalancerDriver;
  /** The VM manager's own, by its key; it has none: `unsupported`. */
  at(vmm: string): Promise<BalancerDriver>;
}
