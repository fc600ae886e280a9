import type { SagaStatus } from '@trencadis/saga';
import type { Vm } from '@trencadis/vmm';
import type {
  Condition,
  DesiredInfrastructure,
  DesiredVm,
  Infrastructure,
  InfrastructureStatus,
  ObservedInfrastructure,
  PlanKind,
  VmStatusView,
} from './model.ts';

export interface StatusInputs {
  readonly infrastructure: Infrastructure;
  /** Absent when the document cannot be resolved any more, for example because its image was removed. */
  readonly desired: DesiredInfrastructure | undefined;
  readonly observed: ObservedInfrastructure;
  readonly lastPlan: InfrastructureStatus['lastPlan'] | undefined;
}

/** Status is never assigned: it follows from what is desired, what is observed and what the saga's log says. */
export function deriveStatus({
  infrastructure,
  desired,
  observed,
  lastPlan,
}: StatusInputs): InfrastructureStatus {
  const vms = desired ? desired.vms.map((vm) => viewOf(vm, observed)) : [];
  const conditions = [provisioned(vms), contextualized(vms)];
  const isAsDesired = vms.length > 0 && conditions.every((condition) => condition.status === 'true');
  return {
    phase: phaseOf({ infrastructure, lastPlan, isAsDesired }),
    conditions,
    vms,
    ...(lastPlan ? { lastPlan } : {}),
  };
}

function viewOf(desired: DesiredVm, observed: ObservedInfrastructure): VmStatusView {
  const { spec, systemId, configuration } = desired;
  const vm = observed.vms.find((each) => each.name === spec.name);
  const addresses = vm ? addressesOf(desired, vm) : [];
  return {
    name: spec.name,
    systemId,
    status: vm?.status ?? 'absent',
    isConfigured: configuration === undefined || observed.configured[spec.name] === configuration.digest,
    addresses: Object.fromEntries(addresses),
    endpoints: endpointsOf(configuration, addresses[0]?.[1]),
    ...(vm?.failure === undefined ? {} : { failure: vm.failure }),
  };
}

/** By the document's network ids, interface 0 first. */
function addressesOf({ networkIds }: DesiredVm, vm: Vm): (readonly [string, string])[] {
  return vm.addresses.map(({ network, address }) => [networkIds[network] ?? network, address] as const);
}

function endpointsOf(
  configuration: DesiredVm['configuration'],
  address: string | undefined,
): readonly string[] {
  if (!configuration || address === undefined) return [];
  return configuration.endpoints.map(({ protocol, port }) => `${protocol}://${address}:${port}`);
}

function provisioned(vms: readonly VmStatusView[]): Condition {
  const down = vms.filter((vm) => vm.status !== 'running');
  if (vms.length === 0) return { type: 'Provisioned', status: 'unknown', reason: 'NothingDesired' };
  if (down.length === 0) return { type: 'Provisioned', status: 'true', reason: 'AllVmsRunning' };
  return {
    type: 'Provisioned',
    status: 'false',
    reason: `VmsNotRunning: ${down.map((vm) => `${vm.name} ${vm.status}`).join(', ')}`,
  };
}

function contextualized(vms: readonly VmStatusView[]): Condition {
  const bare = vms.filter((vm) => !vm.isConfigured);
  if (vms.length === 0) return { type: 'Contextualized', status: 'unknown', reason: 'NothingDesired' };
  if (bare.length === 0) return { type: 'Contextualized', status: 'true', reason: 'AllVmsConfigured' };
  return {
    type: 'Contextualized',
    status: 'false',
    reason: `VmsNotConfigured: ${bare.map((vm) => vm.name).join(', ')}`,
  };
}

interface PhaseInputs extends Pick<StatusInputs, 'infrastructure' | 'lastPlan'> {
  readonly isAsDesired: boolean;
}

type Phase = InfrastructureStatus['phase'];

const phaseOfSaga: Readonly<Record<Exclude<SagaStatus, 'planned' | 'succeeded'>, Record<PlanKind, Phase>>> = {
  running: { deploy: 'deploying', destroy: 'destroying' },
  undoing: { deploy: 'deploying', destroy: 'destroying' },
  undone: { deploy: 'failed', destroy: 'failed' },
  kept: { deploy: 'failed', destroy: 'failed' },
  stuck: { deploy: 'stuck', destroy: 'stuck' },
};

/** Once a plan has succeeded, and before one was applied, what is observed decides. */
function phaseOf({ infrastructure, lastPlan, isAsDesired }: PhaseInputs): Phase {
  if (infrastructure.destroyedAt) return 'destroyed';
  if (!lastPlan || lastPlan.saga === 'planned') return isAsDesired ? 'deployed' : 'planned';
  if (lastPlan.saga === 'succeeded') return isAsDesired ? 'deployed' : 'degraded';
  return phaseOfSaga[lastPlan.saga][lastPlan.kind];
}
