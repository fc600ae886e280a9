import type { Sha256, VmiId } from '@trencadis/ids';

/** `prefix`: 4 matches 4.2.1, not 40 (the paper's `version='4'`). */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'prefix';

/** How versions are ordered: `vmrc` (spec image-catalog, section 4) unless told, Debian's, RPM's, or semver.org's. */
export type VersionScheme = 'vmrc' | 'deb' | 'rpm' | 'semver';

export interface OperatingSystem {
  readonly name: string;
  readonly flavour: string;
  readonly version: string;
}

export interface Application {
  readonly name: string;
  readonly version?: string;
  readonly path?: string;
  /** The package it came in, `openjdk-8-jdk=8u292-b10-1`. */
  readonly sourcePackage?: string;
}

/** A claim that something in the image does the job of another product that the paper names. */
export interface StandIn {
  readonly for:
    | { readonly kind: 'application'; readonly application: Application }
    | { readonly kind: 'os'; readonly operatingSystem: OperatingSystem };
  /** By what, and how far: shown in verdicts. */
  readonly by: string;
}

/** One image file or registration that one VM manager can boot. */
export interface VmiArtifact {
  /** Product of the VM manager that can boot it: `local`, `libvirt`, ... */
  readonly vmm: string;
  /** The one VM manager of that product that has it: its key, region or host (`ana~lab`, `eu-west-1`); every one without. */
  readonly endpoint?: string;
  /** The VM manager's own id of it: `ami-0abc`, a Glance id. */
  readonly nativeId?: string;
  /** Path or URL; empty until it is uploaded. */
  readonly location: string;
  /** Of its bytes; where only the VM manager holds them, of `<vmm> <endpoint> <nativeId>`. */
  readonly digest: Sha256;
  /** `kvm`, `xen`, ... */
  readonly hypervisor?: string;
  /** `qcow2`, `raw`, `rootfs`, ... */
  readonly format?: string;
  /** Of the disk that the machine sees. */
  readonly virtualSizeBytes?: number;
}

/** What a version of an image says of itself (CAT-02). No secrets: a login is a user name plus an injected key. */
export interface VmiMetadata {
  readonly architecture: string;
  readonly operatingSystem: OperatingSystem;
  readonly applications: readonly Application[];
  readonly standIns: readonly StandIn[];
  /** Smallest disk and memory that it runs with. */
  readonly minDiskGiB?: number;
  readonly minMemoryMiB?: number;
  readonly firmware?: 'bios' | 'uefi';
  readonly cloudInit?: boolean;
  readonly defaultUser?: string;
}

export type Labels = Readonly<Record<string, string>>;

/**
 * A virtual machine image (paper 4.1, Table 1) as matching and planning see it: one version of an image with its
 * artifacts, flat, plain JSON. `id`, `name`, `owner`, `group` and `labels` are the image's.
 */
export interface Vmi extends VmiMetadata {
  readonly id: VmiId;
  readonly name: string;
  readonly description: string;
  readonly artifacts: readonly VmiArtifact[];
  readonly owner?: string;
  readonly group?: string;
  readonly labels?: Labels;
  readonly versionNumber?: number;
  /** Of {@link ImageVersion}; what a deployment pins. */
  readonly fingerprint?: Sha256;
  /** ISO 8601, UTC. */
  readonly createdAt?: string;
}

/** Sizes are compared as bytes, versions by their scheme, everything else as text without regard to case. */
export type AttributeKey =
  | 'architecture'
  | 'os.name'
  | 'os.flavour'
  | 'os.version'
  | 'name'
  | 'owner'
  | 'group'
  | 'firmware'
  /** `true` or `false`. */
  | 'cloudInit'
  | 'defaultUser'
  /** What the image needs, which is nothing where it does not say. Values with units: `512MiB`, `2 GB`; bytes without. */
  | 'disk.min'
  | 'memory.min'
  | ArtifactKey
  | `label.${string}`;

/** Of an artifact: all such requirements must hold for the same one. `disk.size`: the virtual size, with units. */
export type ArtifactKey =
  | 'vmm'
  | 'endpoint'
  | 'nativeId'
  | 'location'
  | 'hypervisor'
  | 'format'
  | 'disk.size';

export type Requirement =
  | {
      readonly kind: 'attribute';
      readonly key: AttributeKey;
      readonly operator: Operator;
      readonly value: string;
      /** Of `os.version`. */
      readonly scheme?: VersionScheme;
      /** Of `vmm`: what endpoints call the VM manager that is meant, in lower case; without, any of the product. */
      readonly places?: readonly string[];
    }
  | {
      readonly kind: 'application';
      readonly name: string;
      readonly operator?: Operator;
      readonly version?: string;
      readonly scheme?: VersionScheme;
      /** Where it is installed, exactly. */
      readonly path?: string;
    }
  /** At least one of them; what `in (...)` is read as. */
  | { readonly kind: 'any'; readonly of: readonly Requirement[] };

/** Hard ones filter, soft ones rank by the sum of the weights that hold (paper 4.1). */
export interface ImageRequirements {
  readonly hard: readonly Requirement[];
  readonly soft: readonly { readonly weight: number; readonly requirements: readonly Requirement[] }[];
}

export interface Verdict {
  readonly requirement: Requirement;
  readonly holds: boolean;
  /** For a person: "globus 4.2.1 matches = 4 (stood for by ...)", "no ant: has none". */
  readonly because: string;
}

export interface ImageMatch {
  readonly vmi: Vmi;
  /** The artifact that the requirements hold for; none where the image is catalogued, not built. */
  readonly artifact?: VmiArtifact;
  readonly score: number;
  /** Only where it ranks: see `imScore`. */
  readonly imScore?: number;
  /** Of the soft weights, how much holds: 0 to 1; 1 when there are none. */
  readonly share: number;
  readonly verdicts: readonly Verdict[];
}

export interface NearMiss {
  readonly vmi: Vmi;
  readonly failed: readonly Verdict[];
}

export interface MatchResult {
  /** Best first; a total order, the same every time. */
  readonly ranked: readonly ImageMatch[];
  /** At most three, fewest failures first; only when `ranked` is empty. */
  readonly nearMisses: readonly NearMiss[];
}

export type ImageOperation = 'list' | 'search' | 'download' | 'upload' | 'update' | 'delete';

/** `group`: whoever is in the image's group, and the owner. */
export type Audience = 'owner' | 'group' | 'all' | 'none';

export type ImageAcl = Readonly<Record<ImageOperation, Audience>>;

/** A logical image (CAT-01): a name that stays while its versions come and go. */
export interface Image {
  readonly id: VmiId;
  readonly name: string;
  readonly owner: string;
  readonly group?: string;
  readonly description: string;
  readonly labels: Labels;
  readonly acl: ImageAcl;
  /** Version number by the channel's name: `stable`, `test`, ... */
  readonly channels: Readonly<Record<string, number>>;
  readonly createdAt: string;
}

/**
 * `queued`: bytes are awaited; `uploading`: some have come. Only `active` is found by searching; `deprecated` still
 * by its number or fingerprint; `revoked` by nobody; `deleted` is kept so that its number is never used again.
 */
export type VersionState = 'queued' | 'uploading' | 'active' | 'deprecated' | 'revoked' | 'deleted';

/** Immutable but for its state and dates; artifacts are added until it is active. */
export interface ImageVersion {
  readonly imageId: VmiId;
  /** Counts from 1. */
  readonly number: number;
  /** SHA-256 of metadata and artifacts without their locations. */
  readonly fingerprint: Sha256;
  readonly createdAt: string;
  readonly state: VersionState;
  readonly metadata: VmiMetadata;
  readonly artifacts: readonly VmiArtifact[];
  /** From then on it is `deprecated`, `revoked`; ISO 8601, UTC. */
  readonly deprecateAt?: string;
  readonly revokeAt?: string;
}

/** Who asks. An admin may do everything. */
export interface ImageCaller {
  readonly user: string;
  readonly groups: readonly string[];
  readonly isAdmin: boolean;
}
