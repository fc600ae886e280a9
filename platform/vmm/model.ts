import type { DiskName, NetworkName, Sha256, Tag, VmName } from '@trencadis/ids';

/**
 * An image as its VM manager knows it: `location` is a path, URL or native id; `digest` is of its content, or of its
 * native id where that never stands for other content and the VM manager tells no digest.
 */
export interface ImageReference {
  readonly location: string;
  readonly digest: Sha256;
}

export interface NetworkSpec {
  readonly name: NetworkName;
  readonly tag: Tag;
  /** `public`: reachable from outside its own VMs (RADL `outbound = 'yes'`). `private`: only its own VMs reach each other. */
  readonly kind: 'public' | 'private';
  /** IPv4 subnet that is asked for, `a.b.c.d/len`; absent: the VM manager chooses. */
  readonly subnet?: string;
  /** Open to the outside on a public network, beside SSH (RADL `outports`). Between its own VMs all is open. */
  readonly openPorts?: readonly OpenPorts[];
  /**
   * The VM manager's own network of that name or id, to be used instead of making one: it is neither changed nor
   * deleted (RADL `provider_id`).
   */
  readonly providerNetwork?: string;
}

/** A range of ports that outsiders reach. */
export interface OpenPorts {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** First and last port, 0 to 65535, as outsiders name them. All of ICMP: both 0. */
  readonly from: number;
  readonly to: number;
  /** The VM's port behind a single outer one, where it has another number. */
  readonly localPort?: number;
  /** IPv4 range of those who may come in, `a.b.c.d/len`; absent: everybody. */
  readonly source?: string;
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
  /** IPv4 address inside the network's subnet that is asked for; absent: the VM manager chooses. */
  readonly address?: string;
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
  /** In order: interface 0 first. */
  readonly interfaces: readonly VmInterface[];
  readonly disks: readonly VmDisk[];
  readonly login: VmLogin;
  /** Cloud-init user data for the first boot. Where the capability `userData` is `false`, or the image has no cloud-init: `unsupported`. */
  readonly userData?: string;
  /** One of {@link VmmDriver.listInstanceTypes}, whose size is this spec's. Needed where the capability `instanceTypes` is `true`, `unsupported` elsewhere. */
  readonly instanceType?: string;
  /** A zone of the VM manager. */
  readonly zone?: string;
  /** Spare capacity: cheaper, and may be taken away at any time. */
  readonly spot?: SpotRequest;
}

export interface SpotRequest {
  /** In the currency of the VM manager; absent: what it costs. */
  readonly maxPerHour?: number;
}

export type VmStatus = 'creating' | 'running' | 'stopped' | 'failed';

export interface VmAddress {
  readonly network: NetworkName;
  /** IPv4 in dotted form, inside the network's subnet. */
  readonly address: string;
  /** Where outsiders reach it, if elsewhere: a floating or elastic address. */
  readonly publicAddress?: string;
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
  /**
   * By the name of an attached disk, its path in the guest (`/dev/disk/by-id/...`). Only where the capability
   * `mountsDisks` is `false`: there the platform formats and mounts what is blank.
   */
  readonly devices?: Readonly<Record<string, string>>;
  readonly instanceType?: string;
  readonly zone?: string;
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

export interface QuotaUse {
  readonly used: number;
  readonly limit: number;
}

/** A size in which VMs come. */
export interface InstanceType {
  readonly name: string;
  readonly cpuCount: number;
  readonly memoryMiB: number;
  /** Of the processor: `x86_64`, `arm64`. Absent: the VM manager does not say. */
  readonly architecture?: string;
  readonly gpuCount?: number;
  /** Where it is to be had; absent: everywhere. */
  readonly zones?: readonly string[];
  readonly price?: InstancePrice;
}

export interface InstancePrice {
  /** ISO 4217, `EUR`. */
  readonly currency: string;
  readonly perHour?: number;
  readonly spotPerHour?: number;
}

/** Whether the credentials allow one thing that the platform needs. */
export interface RightCheck {
  /** What the platform needs to be able to do: `list machines`. */
  readonly right: string;
  readonly holds: boolean;
  /** Where it does not: what the VM manager says, and what to do. */
  readonly because: string;
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
  /** Opens exactly these ports of an existing network. Absent: `not-found`. Another kind, subnet or provider's network: `unsupported`. */
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

export interface SnapshotSpec {
  readonly vm: VmName;
  /** The image's; a DNS label, else `invalid-argument`. */
  readonly name: string;
  readonly tag: Tag;
}

/** An image that may be booted, whoever made it. */
export interface BootableImage extends ImageReference {
  readonly name: string;
  readonly description?: string;
  readonly architecture?: string;
  readonly operatingSystem?: { readonly name: string; readonly flavour: string; readonly version: string };
  readonly minDiskGiB?: number;
  readonly minMemoryMiB?: number;
}

export interface ImageFilter {
  /** Its name or native id; `*` stands for any text. Needed where a VM manager offers the whole world's images. */
  readonly pattern?: string;
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
  /** Those that may be booted, as far as they fit the filter. Where the capability `imageListing` is `false`: `unsupported`. */
  listBootable(filter: ImageFilter, signal: AbortSignal): Promise<readonly BootableImage[]>;
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
