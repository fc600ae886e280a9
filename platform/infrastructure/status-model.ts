import type { PlanId, VmName } from '@trencadis/ids';
import type { SagaStatus, StepState } from '@trencadis/saga';
import type { Vm } from '@trencadis/vmm';
import type { PlanKind } from './model.ts';

/** Reasons are documented in docs/architecture.md. */
export interface Condition {
  readonly type: 'Provisioned' | 'Contextualized' | 'AsDesired';
  readonly status: 'true' | 'false' | 'unknown';
  readonly reason: string;
}

export interface VmStatusView {
  readonly name: VmName;
  readonly systemId: string;
  /** `unknown`: its VM manager cannot be asked; its addresses, if any, are those that it had when it last could. */
  readonly status: Vm['status'] | 'absent' | 'unknown';
  /** Whether it shall be off. */
  readonly isStopped: boolean;
  readonly isConfigured: boolean;
  readonly addresses: Readonly<Record<string, string>>;
  /** By the same ids, where outsiders reach it at another one: a floating or elastic address. */
  readonly publicAddresses?: Readonly<Record<string, string>>;
  readonly instanceType?: string;
  readonly zone?: string;
  readonly endpoints: readonly string[];
  readonly vmm: string;
  readonly ordinal: number;
  readonly failure?: string;
}

export interface InfrastructureStatus {
  /** `unknown`: nothing is known to be wrong, and a VM manager that cannot be asked has some of it. */
  readonly phase:
    | 'planned'
    | 'deploying'
    | 'deployed'
    | 'degraded'
    | 'unknown'
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
