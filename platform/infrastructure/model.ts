import type { Verdict } from '@trencadis/image-catalog';
import type { Recipe } from '@trencadis/contextualization';
import type { InfrastructureId, PlanId, Sha256, Tag, VmName, VmiId } from '@trencadis/ids';
import type { Diagnostic, Dialect } from '@trencadis/radl';
import type { PlannedStep, SagaStatus, StepState } from '@trencadis/saga';
import type { Disk, DiskSpec, Network, NetworkSpec, Vm, VmSpec } from '@trencadis/vmm';

/** A deployed RADL document and its VMs (paper 4.4). `name` is unique for its owner while it is not destroyed. */
export interface Infrastructure {
  readonly id: InfrastructureId;
  readonly name: string;
  readonly owner: string;
  readonly radl: string;
  readonly dialect: Dialect;
  /** Free parameters that components ask for, for example a token issuer's public keys. Not secret. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  /** Set before the destroy plan runs; from then on only destroying is planned. */
  readonly isDestroyRequested: boolean;
  readonly destroyedAt?: Date;
  /** The plan applied last; at most one runs at a time. */
  readonly activePlanId?: PlanId;
}

/** The VMI chosen for a system, and why (paper 4.4: hard requirements filter, soft ones rank). */
export interface ImageChoice {
  readonly systemId: string;
  readonly vmiId: VmiId;
  readonly vmiName: string;
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

export interface DesiredConfiguration {
  readonly configurator: 'puppet';
  readonly recipe: Recipe;
  readonly components: readonly ComponentReference[];
  /** Names of the infrastructure's secrets that this VM's components ask for. */
  readonly secrets: readonly { readonly name: string; readonly byteCount: number }[];
  /** What this VM's services answer on, from their manifests. */
  readonly endpoints: readonly Endpoint[];
  /** Changes whenever anything above or the parameters change; kept once the VM is configured with it. */
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

export interface DesiredVm {
  readonly vmm: string;
  readonly systemId: string;
  readonly spec: DesiredVmSpec;
  /** Network of the document by each interface's network name at the VM manager. */
  readonly networkIds: Readonly<Record<string, string>>;
  readonly configuration?: DesiredConfiguration;
}

/** A persistent disk outlives its VM and its infrastructure (paper 4.5). */
export interface DesiredDisk extends DiskSpec {
  readonly isPersistent: boolean;
}

/** Everything that a document asks for, with names, images and components chosen. Plain JSON. */
export interface DesiredInfrastructure {
  readonly id: InfrastructureId;
  readonly tag: Tag;
  readonly vmm: string;
  readonly networks: readonly NetworkSpec[];
  readonly disks: readonly DesiredDisk[];
  readonly vms: readonly DesiredVm[];
  readonly databases: readonly DatabaseBinding[];
  readonly images: readonly ImageChoice[];
}

/** What the VM manager answers, and which configuration each VM was last brought to. */
export interface ObservedInfrastructure {
  readonly vms: readonly Vm[];
  readonly networks: readonly Network[];
  readonly disks: readonly Disk[];
  readonly configured: Readonly<Record<string, Sha256>>;
}

export type PlanKind = 'deploy' | 'destroy';

/** The document that a plan brings about. It becomes the infrastructure's when the plan is applied. */
export type PlannedDocument = Pick<Infrastructure, 'radl' | 'dialect' | 'parameters'>;

/** An immutable list of steps: stored, shown, approved, applied; never edited. Empty: nothing to do. */
export interface Plan {
  readonly id: PlanId;
  readonly infrastructureId: InfrastructureId;
  readonly kind: PlanKind;
  readonly document: PlannedDocument;
  readonly steps: readonly PlannedStep[];
  readonly images: readonly ImageChoice[];
  readonly createdAt: Date;
}

/** Reasons are documented in docs/architecture.md. */
export interface Condition {
  readonly type: 'Provisioned' | 'Contextualized';
  readonly status: 'true' | 'false' | 'unknown';
  readonly reason: string;
}

export interface VmStatusView {
  readonly name: VmName;
  readonly systemId: string;
  readonly status: Vm['status'] | 'absent';
  readonly isConfigured: boolean;
  readonly addresses: Readonly<Record<string, string>>;
  readonly endpoints: readonly string[];
  readonly failure?: string;
}

export interface InfrastructureStatus {
  readonly phase:
    | 'planned'
    | 'deploying'
    | 'deployed'
    | 'degraded'
    | 'failed'
    | 'stuck'
    | 'destroying'
    | 'destroyed';
  readonly conditions: readonly Condition[];
  readonly vms: readonly VmStatusView[];
  readonly lastPlan?: {
    readonly id: PlanId;
    readonly kind: PlanKind;
    readonly saga: SagaStatus;
    readonly steps: readonly StepView[];
  };
}

export interface StepView {
  readonly id: string;
  readonly title: string;
  readonly state: StepState;
  readonly error?: string;
}

/** A document that cannot be deployed, with all its problems and their places; or its plan, with its warnings. */
export type Planning =
  | { readonly kind: 'problems'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'planned';
      readonly infrastructure: Infrastructure;
      readonly plan: Plan;
      readonly diagnostics: readonly Diagnostic[];
    };
