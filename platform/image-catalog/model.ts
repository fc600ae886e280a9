import type { Sha256, VmiId } from '@trencadis/ids';

/** `prefix`: 4 matches 4.2.1, not 40 (the paper's `version='4'`). */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'prefix';

export interface OperatingSystem {
  readonly name: string;
  readonly flavour: string;
  readonly version: string;
}

export interface Application {
  readonly name: string;
  readonly version?: string;
  readonly path?: string;
}

/** A claim that something in the image does the job of another product that the paper names. */
export interface StandIn {
  readonly for:
    | { readonly kind: 'application'; readonly application: Application }
    | { readonly kind: 'os'; readonly operatingSystem: OperatingSystem };
  /** By what, and how far: shown in verdicts. */
  readonly by: string;
}

export interface VmiArtifact {
  /** Product of the VM manager that can boot it: `local`, `libvirt`, ... */
  readonly vmm: string;
  readonly location: string;
  readonly digest: Sha256;
}

/** A virtual machine image (paper 4.1, Table 1). */
export interface Vmi {
  readonly id: VmiId;
  readonly name: string;
  readonly description: string;
  readonly architecture: string;
  readonly operatingSystem: OperatingSystem;
  readonly applications: readonly Application[];
  readonly standIns: readonly StandIn[];
  readonly artifacts: readonly VmiArtifact[];
}

export type AttributeKey = 'architecture' | 'os.name' | 'os.flavour' | 'os.version' | 'vmm';

export type Requirement =
  | {
      readonly kind: 'attribute';
      readonly key: AttributeKey;
      readonly operator: Operator;
      readonly value: string;
    }
  | {
      readonly kind: 'application';
      readonly name: string;
      readonly operator?: Operator;
      readonly version?: string;
    };

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
  readonly score: number;
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
