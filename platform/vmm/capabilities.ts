export interface VmmCapabilities {
  /** Stable name of the product: `local`, `memory`, `libvirt`, ... */
  readonly product: string;
  readonly networks: boolean;
  readonly disks: boolean;
  readonly power: boolean;
  /** What `updateVm` can change, and whether a running VM is restarted for it. */
  readonly update: { readonly size: UpdateManner; readonly disks: UpdateManner };
  readonly images: boolean;
  readonly userData: boolean;
  /** Whether its VMs can be reached over SSH. Where not, no VM has `ssh`, and one that runs is ready. */
  readonly shell: boolean;
  /** `filtered`: what a public network does not open stays closed. `open`: outsiders reach every port. */
  readonly ports: 'filtered' | 'open';
  /** Whether an outer port can lead to another one of the VM. */
  readonly portMapping: boolean;
  /** Whether subnets and addresses can be asked for. */
  readonly addressing: boolean;
  /** Whether VMs can be on networks that the VM manager has already. */
  readonly providerNetworks: boolean;
  /** Whether VMs come in certain sizes only. */
  readonly instanceTypes: boolean;
  readonly zones: boolean;
  readonly spot: boolean;
  /** Whether attached disks are mounted at their path when the VM is up, without the platform's doing. */
  readonly mountsDisks: boolean;
  /** Whether it tells which images may be booted. */
  readonly imageListing: boolean;
}

export type UpdateManner = 'live' | 'restart' | false;
