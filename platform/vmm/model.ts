import type { DiskName, NetworkName, Sha256, Tag, VmName } from '@trencadis/ids';

/** An image as its VM manager knows it: `location` is a path, URL or native id; `digest` is of its content. */
export interface ImageReference {
  readonly location: string;
  readonly digest: Sha256;
}

export interface NetworkSpec {
  readonly name: NetworkName;
  readonly tag: Tag;
  /** `public`: reachable from outside its own VMs (RADL `outbound = 'yes'`). `private`: only its own VMs reach each other. */
  readonly kind: 'public' | 'private';
}

export interface Network extends NetworkSpec {
  /** IPv4 subnet, `a.b.c.d/len`. */
  readonly subnet: string;
}

export interface DiskSpec {
  readonly name: DiskName;
  readonly tag: Tag;
  readonly sizeGiB: number;
}

export type Disk = DiskSpec;

export interface VmInterface {
  readonly network: NetworkName;
}

export interface VmDisk {
  readonly disk: DiskName;
  readonly mountPath: string;
}

/** What an administrator's SSH login needs at first boot. Only public keys: a spec is part of a plan and is shown. */
export interface VmLogin {
  readonly user: string;
  /** One line of OpenSSH `authorized_keys`. */
  readonly authorizedKey: string;
}

export interface VmSpec {
  readonly name: VmName;
  readonly tag: Tag;
  readonly hostName: string;
  readonly image: ImageReference;
  readonly cpuCount: number;
  readonly memoryMiB: number;
  /** In order: interface 0 first. Addresses are given by the VM manager. */
  readonly interfaces: readonly VmInterface[];
  readonly disks: readonly VmDisk[];
  readonly login: VmLogin;
  /** Cloud-init user data for the first boot. Where the capability `userData` is `false`, or the image has no cloud-init: `unsupported`. */
  readonly userData?: string;
}

export type VmStatus = 'creating' | 'running' | 'stopped' | 'failed';

export interface VmAddress {
  readonly network: NetworkName;
  /** IPv4 in dotted form. */
  readonly address: string;
}

export interface Vm {
  readonly name: VmName;
  readonly tag: Tag;
  readonly status: VmStatus;
  readonly image: ImageReference;
  readonly cpuCount: number;
  readonly memoryMiB: number;
  readonly addresses: readonly VmAddress[];
  /** Attached data disks, as the spec has them. */
  readonly disks: readonly VmDisk[];
  /** Where the platform's remote shell reaches it; absent while creating or where no network allows it. */
  readonly ssh?: { readonly host: string; readonly port: number; readonly user: string };
  /** Public SSH host keys (`ssh-ed25519 AAAA...`), known from creation, so that no connection is ever trusted blindly. */
  readonly hostKeys: readonly string[];
  /** For status `failed`: what the VM manager says. */
  readonly failure?: string;
}

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
}

export type UpdateManner = 'live' | 'restart' | false;

export interface QuotaUse {
  readonly used: number;
  readonly limit: number;
}

/** What the VM manager grants this account, as far as it says so and enforces it; a unit without a known limit is absent. */
export interface VmmQuota {
  readonly vms?: QuotaUse;
  readonly cpuCount?: QuotaUse;
  readonly memoryMiB?: QuotaUse;
  readonly networks?: QuotaUse;
  readonly diskGiB?: QuotaUse;
}

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
  readonly networks: NetworkOperations;
  readonly disks: DiskOperations;
  readonly images: ImageOperations;
}

export interface NetworkOperations {
  /** The same name twice: the same network. */
  createNetwork(spec: NetworkSpec, signal: AbortSignal): Promise<Network>;
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

export interface SnapshotSpec {
  readonly vm: VmName;
  /** The image's; a DNS label, else `invalid-argument`. */
  readonly name: string;
  readonly tag: Tag;
}

/** An image made from a VM's root disk. */
export interface VmImage extends ImageReference {
  readonly name: string;
  readonly tag: Tag;
}

export interface ImageOperations {
  /**
   * Makes a bootable image of the VM's root disk, without its data disks; VMs made from it have an identity of their
   * own. The same name twice: the same image, whatever has changed since. Absent VM: `not-found`. A name taken under
   * another tag: `conflict`.
   */
  snapshotVm(spec: SnapshotSpec, signal: AbortSignal): Promise<VmImage>;
  /** Absent: succeeds. In use by a VM: either that VM goes on, or `conflict`. */
  deleteImage(name: string, signal: AbortSignal): Promise<void>;
  /** All that `snapshotVm` has made under that tag. */
  listImages(tag: Tag, signal: AbortSignal): Promise<readonly VmImage[]>;
}

/** Every method of a driver, by name. */
export type VmmOperation =
  | Exclude<keyof VmmDriver, 'capabilities' | 'networks' | 'disks' | 'images'>
  | keyof NetworkOperations
  | keyof DiskOperations
  | keyof ImageOperations;

/** The VM managers of the platform, by key. */
export interface VmmDirectory {
  /** Those that this owner may deploy on, in the order in which a placement prefers them. */
  offeredTo(caller: {
    readonly owner: string;
    readonly groups: readonly string[];
  }): Promise<readonly VmmOffer[]>;
  /** Not there (any more): `not-found`, naming those that are. */
  open(key: string): Promise<VmmDriver>;
}

export interface VmmOffer {
  readonly key: string;
  /** What `deploy X N NAME` says. */
  readonly name: string;
  readonly driver: VmmDriver;
  readonly price?: VmPrice;
}

/** What a VM costs: the sum of the parts that are known. */
export interface VmPrice {
  /** ISO 4217, `EUR`. */
  readonly currency: string;
  readonly perVmHour?: number;
  readonly perCpuHour?: number;
  readonly perGiBHour?: number;
}
