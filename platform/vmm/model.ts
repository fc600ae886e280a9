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
  /** One of `VmmDriver.listInstanceTypes`, whose size is this spec's. Needed where the capability `instanceTypes` is `true`, `unsupported` elsewhere. */
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
