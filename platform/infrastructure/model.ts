import type { Verdict } from '@trencadis/image-catalog';
import type { Configurator, Recipe, WantedApplication } from '@trencadis/contextualization';
import type { InfrastructureId, PlanId, Sha256, Tag, VmName, VmiId } from '@trencadis/ids';
import type { Dialect } from '@trencadis/radl';
import type {
  Disk,
  DiskSpec,
  Network,
  NetworkSpec,
  Vm,
  VmDisk,
  VmSpec,
  VmmCapabilities,
} from '@trencadis/vmm';
import type { DesiredBalancer, DesiredGroup, DesiredService } from './services/service-model.ts';

export type * from './plan-model.ts';
export type * from './services/service-model.ts';
export { planKinds } from './plan-model.ts';
export type * from './status-model.ts';

/** What people send: a RADL document and the values for its inputs and components. */
export interface GivenDocument {
  readonly radl: string;
  readonly dialect: Dialect;
  /** Free parameters that components ask for, for example a token issuer's public keys. Not secret. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Components in certain versions; of the others, and without it of all, the newest count. */
  readonly components?: ComponentPins;
}

/** Digests of components by file name. What keeps replicas alike, whatever is added to the repository meanwhile. */
export type ComponentPins = Readonly<Record<string, Sha256>>;

/**
 * One VM that shall exist. Chosen by a plan and kept from then on: a VM stays where it was placed, and removing one
 * gives no other its name.
 */
export interface Member {
  readonly systemId: string;
  /** From 1 within its system; given again once it is free. */
  readonly number: number;
  /** From 0 within its infrastructure, never given twice: the VM's id in IM's API. */
  readonly ordinal: number;
  /** Key of the VM manager that it is placed at. */
  readonly vmm: string;
  readonly isStopped?: boolean;
  /** Of a service's replica: an operator took it out, and no plan lets it in. */
  readonly isStandby?: boolean;
  /** What was altered for this VM alone. */
  readonly alteration?: Alteration;
}

/** Instead of, and beside, what the document says for the VM's system. */
export interface Alteration {
  readonly cpuCount?: number;
  readonly memoryMiB?: number;
  readonly disks?: readonly DiskRequirement[];
}

export interface DiskRequirement {
  readonly index: number;
  readonly sizeGiB: number;
  readonly mountPath: string;
  readonly isPersistent: boolean;
  /** What a blank one is formatted with, or `swap`; absent: ext4. */
  readonly fsType?: string;
}

/** What a plan brings about: the document and the VMs that it became. It is the infrastructure's once applied. */
export interface Target extends GivenDocument {
  readonly members: readonly Member[];
  /** The next member's ordinal. */
  readonly nextOrdinal: number;
  /** VM managers that had no room for it, by key: new VMs are placed elsewhere. */
  readonly refusals: readonly string[];
  readonly usage: Usage;
  /** Of the services it deploys; one that is missing starts with its minimum. */
  readonly replicas?: ReplicaCounts;
}

/** Replicas there shall be, by service and by the name of the VM manager in `replicas.clouds`; `''` where none is named. */
export type ReplicaCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What all members that are not stopped ask for. */
export interface Usage {
  readonly vms: number;
  readonly cpuCount: number;
  readonly memoryMiB: number;
}

/** A group that others than the owner act through. */
export interface Share {
  readonly group: string;
  readonly right: 'read' | 'change';
}

/** A deployed RADL document and its VMs (paper 4.4). `name` is unique for its owner while it is not destroyed. */
export interface Infrastructure extends Target {
  readonly id: InfrastructureId;
  readonly name: string;
  readonly owner: string;
  readonly createdAt: Date;
  /** Keys of all VM managers at which it may have something: noted before a plan makes anything there. */
  readonly vmms: readonly string[];
  readonly shares: readonly Share[];
  /** When it is destroyed by itself. */
  readonly expiresAt?: Date;
  /** Set before the destroy plan runs; from then on only destroying is planned. */
  readonly isDestroyRequested: boolean;
  readonly destroyedAt?: Date;
  /** Its record was closed for another platform to go on with it: it has a `destroyedAt`, and its VMs are there. */
  readonly releasedAt?: Date;
  /** The plan applied last; at most one runs at a time. */
  readonly activePlanId?: PlanId;
}

/** The VMI chosen for a system, and why (paper 4.4: hard requirements filter, soft ones rank). */
export interface ImageChoice {
  readonly systemId: string;
  /** Where it boots. Plans of before there were several have none. */
  readonly vmm?: string;
  readonly vmiId: VmiId;
  readonly vmiName: string;
  /** The document's, of an image that the catalog does not know. */
  readonly url?: string;
  /** Of the artifact to boot, which the deployment keeps (CAT-11). Plans of before it was kept have none. */
  readonly digest?: Sha256;
  readonly score: number;
  readonly verdicts: readonly Verdict[];
}

/** A database that one VM holds and others use (Fig. 3's `create_database`). */
export interface DatabaseBinding {
  readonly name: string;
  readonly user: string;
  readonly heldBy: VmName;
  readonly usedBy: readonly VmName[];
}

export interface ComponentReference {
  readonly fileName: string;
  readonly version: string;
  readonly digest: Sha256;
}

/** What one step of contextualization brings about on one VM (RADL: `system X configure Y step N`). */
export interface DesiredConfiguration {
  /** From 1; begins when the one before it has ended on all VMs. */
  readonly step: number;
  readonly configurator: Configurator['name'];
  readonly recipe: Recipe;
  readonly components: readonly ComponentReference[];
  /** What the system's `disk.0.applications` ask for beside the recipe; Ansible installs what the image lacks. */
  readonly applications: readonly WantedApplication[];
  /** Names of the infrastructure's secrets that this VM's components ask for. */
  readonly secrets: readonly { readonly name: string; readonly byteCount: number }[];
  /** What this VM's services answer on, from their manifests. */
  readonly endpoints: readonly Endpoint[];
  /** Whether its result depends on all the other VMs. */
  readonly usesPeers: boolean;
  readonly timeoutMs: number;
  /** Changes whenever anything above or the parameters change. */
  readonly digest: Sha256;
}

export interface Endpoint {
  readonly service: string;
  readonly protocol: string;
  readonly port: number;
  readonly readyPath: string;
}

/** Everything but the login, whose key only the step that creates the VM looks up. */
export type DesiredVmSpec = Omit<VmSpec, 'login'>;

/** A disk that the platform mounts in the VM, formatting it where it is blank. */
export interface DesiredMount extends VmDisk {
  /** `ext4`, `xfs`, ..., or `swap`, whose path means nothing. */
  readonly fsType: string;
}

/** Why a VM has its instance type, and what it costs. */
export interface TypeChoice {
  /** For a person: `cheapest of 14 that fit`. */
  readonly because: string;
  readonly price?: HourlyPrice;
}

export interface HourlyPrice {
  /** ISO 4217, `EUR`. */
  readonly currency: string;
  readonly perHour: number;
}

export interface DesiredVm {
  readonly vmm: string;
  readonly systemId: string;
  readonly number: number;
  readonly ordinal: number;
  readonly isStopped: boolean;
  /** It gets no requests of its service. */
  readonly isStandby?: boolean;
  readonly spec: DesiredVmSpec;
  /** Of the spec's user data, which counts at the first boot only: something else, and the VM is made anew. */
  readonly userDataDigest?: Sha256;
  /** Of the spec's instance type, where the VM manager has such. */
  readonly typeChoice?: TypeChoice;
  /** All its disks, where the VM manager does not mount them. */
  readonly mounts?: readonly DesiredMount[];
  /** The document's id of the network through whose `proxy_host` SSH reaches it. */
  readonly bastion?: string;
  /** In the order of their steps. */
  readonly configurations: readonly DesiredConfiguration[];
  /** VMs on whose addresses its configuration builds: it runs again when one of them comes, goes or moves. */
  readonly peers: 'all' | readonly VmName[];
}

export interface DesiredNetwork extends NetworkSpec {
  readonly vmm: string;
}

/** A persistent disk outlives its VM and its infrastructure (paper 4.5). */
export interface DesiredDisk extends DiskSpec {
  readonly vmm: string;
  readonly isPersistent: boolean;
}

/** Everything that a document asks for, with places, names, images and components chosen. Plain JSON. */
export interface DesiredInfrastructure {
  readonly id: InfrastructureId;
  readonly tag: Tag;
  readonly networks: readonly DesiredNetwork[];
  readonly disks: readonly DesiredDisk[];
  readonly vms: readonly DesiredVm[];
  /** The document's id of each network, by its name at the VM managers. */
  readonly networkIds: Readonly<Record<string, string>>;
  readonly databases: readonly DatabaseBinding[];
  readonly images: readonly ImageChoice[];
  readonly placements: readonly Placement[];
  readonly services: readonly DesiredService[];
  readonly balancers: readonly DesiredBalancer[];
  readonly groups: readonly DesiredGroup[];
}

/** Systems that share one VM manager, the one they are placed at, and why (paper 4.4). */
export interface Placement {
  readonly systemIds: readonly string[];
  readonly vmm: string;
  readonly because: string;
  /** The others in the order of preference, and why they were not taken. */
  readonly others: readonly {
    readonly vmm: string;
    readonly because: string;
    readonly isPossible: boolean;
  }[];
}

type Placed<Thing> = Thing & { readonly vmm: string };
export type ObservedVm = Placed<Vm>;
export type ObservedNetwork = Placed<Network>;
export type ObservedDisk = Placed<Disk>;

/** By VM name and stage (step and configurator) of its contextualization. */
export type ConfiguredKeys = Readonly<Record<string, Readonly<Record<string, Sha256>>>>;

/** What the VM managers answer, and what each VM was last brought to. */
export interface ObservedInfrastructure {
  readonly vms: readonly ObservedVm[];
  readonly networks: readonly ObservedNetwork[];
  readonly disks: readonly ObservedDisk[];
  /** What each VM manager can change in place, by its key. */
  readonly updates: Readonly<Record<string, VmmCapabilities['update']>>;
  readonly configured: ConfiguredKeys;
}
