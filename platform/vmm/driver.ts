import type { DiskName, NetworkName, Tag, VmName } from '@trencadis/ids';
import type { VmmCapabilities } from './capabilities.ts';
import type {
  BootableImage,
  Disk,
  DiskSpec,
  ImageFilter,
  InstanceType,
  Network,
  NetworkSpec,
  RightCheck,
  SnapshotSpec,
  Vm,
  VmImage,
  VmSpec,
  VmmQuota,
} from './model.ts';

/**
 * A virtual machine manager (paper 4.5). Every operation is idempotent; a capability answered `false` makes its
 * operations throw `unsupported`. Errors are PlatformErrors: `unavailable` may be retried, `quota-exceeded` means no room.
 * A driver knows no RADL, counts nothing and retries nothing.
 */
export interface VmmDriver {
  readonly capabilities: VmmCapabilities;
  /** The same name twice: the same VM. A name taken under another tag: `conflict`. Networks and disks must exist. */
  createVm(spec: VmSpec, signal: AbortSignal): Promise<Vm>;
  /** Absent: succeeds. Its attached disks stay. */
  deleteVm(name: VmName, signal: AbortSignal): Promise<void>;
  describeVm(name: VmName, signal: AbortSignal): Promise<Vm | undefined>;
  /** All VMs with that tag, half-made ones too. */
  listVms(tag: Tag, signal: AbortSignal): Promise<readonly Vm[]>;
  /** Running already: succeeds. Absent: `not-found`. */
  startVm(name: VmName, signal: AbortSignal): Promise<void>;
  /** Keeps root and data disks (paper 4.5). Stopped already: succeeds. Absent: `not-found`. */
  stopVm(name: VmName, signal: AbortSignal): Promise<void>;
  /** Keeps disks and addresses; starts a stopped VM. Absent: `not-found`. */
  rebootVm(name: VmName, signal: AbortSignal): Promise<void>;
  /**
   * Gives an existing VM this spec's cpuCount, memoryMiB and disks in place, restarting a running one where the
   * capability `update` says so; a stopped one stays stopped. Root disk, addresses and host keys stay. Host name, login
   * and user data are those of its creation, whatever the spec says.
   * Absent VM, or a disk that is: `not-found`. Another image, or other interfaces: `unsupported`.
   */
  updateVm(spec: VmSpec, signal: AbortSignal): Promise<Vm>;
  /** The last 64 KiB of its console's output; none known: ''. Absent: `not-found`. */
  readConsole(name: VmName, signal: AbortSignal): Promise<string>;
  /** Nothing known: `{}`. */
  quota(signal: AbortSignal): Promise<VmmQuota>;
  /** By name. Where the capability `instanceTypes` is `false`: `[]`. */
  listInstanceTypes(signal: AbortSignal): Promise<readonly InstanceType[]>;
  /** Each right that the driver needs. Changes nothing; what is refused is told, and only what says nothing of rights is thrown. */
  checkRights(signal: AbortSignal): Promise<readonly RightCheck[]>;
  readonly networks: NetworkOperations;
  readonly disks: DiskOperations;
  readonly images: ImageOperations;
}

export interface NetworkOperations {
  /**
   * The same name twice: the same network, with the ports that it has. A subnet that is not free: `conflict`.
   * `providerNetwork` unknown to the VM manager: `not-found`.
   */
  createNetwork(spec: NetworkSpec, signal: AbortSignal): Promise<Network>;
  /**
   * Opens exactly these ports of an existing network. Absent: `not-found`. Held under another tag: `conflict`. Another
   * kind, subnet or provider's network: `unsupported`.
   */
  updateNetwork(spec: NetworkSpec, signal: AbortSignal): Promise<Network>;
  /** Absent: succeeds. VMs attached: `conflict`. */
  deleteNetwork(name: NetworkName, signal: AbortSignal): Promise<void>;
  listNetworks(tag: Tag, signal: AbortSignal): Promise<readonly Network[]>;
}

export interface DiskOperations {
  /** The same name twice: the same disk, its content kept. */
  createDisk(spec: DiskSpec, signal: AbortSignal): Promise<Disk>;
  /** Absent: succeeds. Attached to a VM: `conflict`. */
  deleteDisk(name: DiskName, signal: AbortSignal): Promise<void>;
  listDisks(tag: Tag, signal: AbortSignal): Promise<readonly Disk[]>;
}

export interface ImageOperations {
  /**
   * Makes a bootable image of the VM's root disk, without its data disks; VMs made from it have an identity of their
   * own. The same name twice: the same image, whatever has changed since. Absent VM: `not-found`. A name taken under
   * another tag: `conflict`.
   */
  snapshotVm(spec: SnapshotSpec, signal: AbortSignal): Promise<VmImage>;
  /** Absent, or not made by `snapshotVm`: succeeds, and touches nothing. In use by a VM: either that VM goes on, or `conflict`. */
  deleteImage(name: string, signal: AbortSignal): Promise<void>;
  /** All that `snapshotVm` has made under that tag. */
  listImages(tag: Tag, signal: AbortSignal): Promise<readonly VmImage[]>;
  /** Those that may be booted, as far as they fit the filter. Where the capability `imageListing` is `false`: `unsupported`. */
  listBootable(filter: ImageFilter, signal: AbortSignal): Promise<readonly BootableImage[]>;
}

/** Every method of a driver, by name. */
export type VmmOperation =
  | Exclude<keyof VmmDriver, 'capabilities' | 'networks' | 'disks' | 'images'>
  | keyof NetworkOperations
  | keyof DiskOperations
  | keyof ImageOperations;
