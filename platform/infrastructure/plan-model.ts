import type { DiskName, InfrastructureId, PlanId, Sha256, VmName } from '@trencadis/ids';
import type { Diagnostic } from '@trencadis/radl';
import type { PlannedStep } from '@trencadis/saga';
import type { ImageChoice, Infrastructure, Placement, Target } from './model.ts';

export const planKinds = [
  'deploy',
  'add',
  'remove',
  'alter',
  'start',
  'stop',
  'reboot',
  'reconfigure',
  'snapshot',
  'repair',
  'scale',
  'roll',
  'destroy',
] as const;
export type PlanKind = (typeof planKinds)[number];

/** What happens once, beside bringing about the target; a plan with one does nothing else. */
export type Impulse =
  | { readonly kind: 'reboot'; readonly vms: readonly VmName[] }
  | { readonly kind: 'reconfigure'; readonly vms: readonly VmName[] }
  | { readonly kind: 'snapshot'; readonly vm: VmName; readonly imageName: string };

/** What it costs while it runs, where the VM managers have prices. */
export interface Cost {
  readonly currency: string;
  readonly perHour: number;
  /** VM managers without prices, so not counted. */
  readonly unpriced: readonly string[];
}

/** How much of a quota is used before and after the plan. `whose`: a VM manager's key, or the owner's account. */
export interface QuotaFit {
  readonly whose: string;
  readonly what: 'vms' | 'cpuCount' | 'memoryMiB';
  readonly used: number;
  readonly asked: number;
  readonly limit: number;
}

/** An immutable list of steps: stored, shown, approved, applied; never edited. Empty: nothing to do. */
export interface Plan {
  readonly id: PlanId;
  readonly infrastructureId: InfrastructureId;
  readonly kind: PlanKind;
  readonly target: Target;
  readonly impulse?: Impulse;
  /** The plan that was undone as a VM manager had no room, and that goes on as this one elsewhere. */
  readonly continues?: PlanId;
  readonly steps: readonly PlannedStep[];
  readonly images: readonly ImageChoice[];
  readonly placements: readonly Placement[];
  readonly cost?: Cost;
  readonly quotas: readonly QuotaFit[];
  /** The infrastructure's lease from when this is applied, ISO 8601; `null`: none. Absent: it keeps what it has. */
  readonly expiresAt?: string | null;
  /** The plan that was active when this one was made: another one since, and this one is stale. */
  readonly basedOn?: PlanId;
  /** Disks that outlive infrastructures and that it counts on. */
  readonly persistentDisks: readonly DiskName[];
  /** Of what was observed: anything else now, and the plan is stale. */
  readonly observedDigest: Sha256;
  readonly createdAt: Date;
  /** Who asked for it; the platform itself for a repair. */
  readonly createdBy: string;
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
