import type { SagaStatus } from '@trencadis/saga';
import type { Vm } from '@trencadis/vmm';
import { type Hash, PeerAddresses, stageOf } from './configuration-key.ts';
import { placeOf } from './decide-changes.ts';
import { asDesired, deriveDrift } from './drift.ts';
import type {
  Condition,
  DesiredInfrastructure,
  DesiredVm,
  Infrastructure,
  InfrastructureStatus,
  ObservedInfrastructure,
  VmStatusView,
} from './model.ts';

export interface StatusInputs {
  readonly infrastructure: Infrastructure;
  /** Absent when the document cannot be resolved any more, for example because its image was removed. */
  readonly desired: DesiredInfrastructure | undefined;
  readonly observed: ObservedInfrastructure;
  readonly lastPlan: InfrastructureStatus['lastPlan'] | undefined;
  readonly hash: Hash;
}

/** Status is never assigned: it follows from what is desired, what is observed and what the saga's log says. */
export function deriveStatus({
  infrastructure,
  desired,
  observed,
  lastPlan,
  hash,
}: StatusInputs): InfrastructureStatus {
  const vms = desired ? vmViews(desired, observed, hash) : [];
  const conditions = [
    provisioned(vms),
    contextualized(vms),
    asDesiredCondition({ infrastructure, desired, observed, lastPlan, hash }),
  ];
  const isAsDesired = vms.length > 0 && conditions.every((condition) => condition.status === 'true');
  return {
    phase: phaseOf({ infrastructure, lastPlan, isAsDesired }),
    conditions,
    vms,
    ...(lastPlan ? { lastPlan } : {}),
  };
}

function vmViews(
  { vms, networkIds }: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  hash: Hash,
): VmStatusView[] {
  const there = new Map(observed.vms.map((vm) => [placeOf(vm), vm]));
  const addresses = new PeerAddresses(
    vms.flatMap(({ vmm, spec: { name } }) => there.get(placeOf({ vmm, name })) ?? []),
    hash,
  );
  return vms.map((desired) => {
    const { spec, systemId, configurations, vmm, ordinal, isStopped, peers } = desired;
    const { name } = spec;
    const vm = there.get(placeOf({ vmm, name }));
    const done = observed.configured[name] ?? {};
    const own = vm ? addressesOf(networkIds, vm) : [];
    return {
      name,
      systemId,
      vmm,
      ordinal,
      status: vm?.status ?? 'absent',
      isStopped,
      isConfigured: configurations.every(
        (each) => done[stageOf(each)] === addresses.keyOf({ name, peers }, each),
      ),
      addresses: Object.fromEntries(own),
      endpoints: endpointsOf(configurations, own[0]?.[1]),
      ...(vm?.failure === undefined ? {} : { failure: vm.failure }),
    };
  });
}

/** By the document's network ids, interface 0 first. */
function addressesOf(networkIds: DesiredInfrastructure['networkIds'], vm: Vm): (readonly [string, string])[] {
  return vm.addresses.map(({ network, address }) => [networkIds[network] ?? network, address] as const);
}

function endpointsOf(
  configurations: DesiredVm['configurations'],
  address: string | undefined,
): readonly string[] {
  if (address === undefined) return [];
  const endpoints = configurations.flatMap((each) => each.endpoints);
  return endpoints.map(({ protocol, port }) => `${protocol}://${address}:${port}`);
}

/** One that shall be off may be gone: starting it makes it again. */
function isAsAsked({ status, isStopped }: VmStatusView): boolean {
  return isStopped ? status === 'stopped' || status === 'absent' : status === 'running';
}

function provisioned(vms: readonly VmStatusView[]): Condition {
  const down = vms.filter((vm) => !isAsAsked(vm));
  if (vms.length === 0) return { type: 'Provisioned', status: 'unknown', reason: 'NothingDesired' };
  if (down.length === 0) return { type: 'Provisioned', status: 'true', reason: 'AllVmsRunning' };
  return {
    type: 'Provisioned',
    status: 'false',
    reason: `VmsNotRunning: ${down.map((vm) => `${vm.name} ${vm.status}`).join(', ')}`,
  };
}

function contextualized(vms: readonly VmStatusView[]): Condition {
  const bare = vms.filter((vm) => !vm.isConfigured && !vm.isStopped);
  if (vms.length === 0) return { type: 'Contextualized', status: 'unknown', reason: 'NothingDesired' };
  if (bare.length === 0) return { type: 'Contextualized', status: 'true', reason: 'AllVmsConfigured' };
  return {
    type: 'Contextualized',
    status: 'false',
    reason: `VmsNotConfigured: ${bare.map((vm) => vm.name).join(', ')}`,
  };
}

/** While steps run, and before any ran, a difference is no drift. */
export function asDesiredCondition({
  infrastructure,
  desired,
  observed,
  lastPlan,
  hash,
}: StatusInputs): Condition {
  const unknown = (reason: string): Condition => ({ type: 'AsDesired', status: 'unknown', reason });
  if (desired === undefined) return unknown('NothingDesired');
  if (lastPlan?.saga === 'running' || lastPlan?.saga === 'undoing') return unknown('PlanRunning');
  const condition = asDesired(
    deriveDrift(desired, observed, { infrastructure, repairedSystems: new Set(), hash }),
  );
  const isApplied = lastPlan !== undefined && lastPlan.saga !== 'planned';
  return condition.status === 'true' || isApplied ? condition : unknown('NothingApplied');
}

interface PhaseInputs extends Pick<StatusInputs, 'infrastructure'> {
  readonly lastPlan: Pick<NonNullable<StatusInputs['lastPlan']>, 'kind' | 'saga'> | undefined;
  readonly isAsDesired: boolean;
}

type Phase = InfrastructureStatus['phase'];

const phaseOfSaga: Readonly<Record<Exclude<SagaStatus, 'planned' | 'succeeded'>, Phase>> = {
  running: 'deploying',
  undoing: 'deploying',
  undone: 'failed',
  kept: 'failed',
  stuck: 'stuck',
};

const phaseOfDestroy: typeof phaseOfSaga = { ...phaseOfSaga, running: 'destroying', undoing: 'destroying' };

/** Once a plan has succeeded, and before one was applied, what is observed decides. */
export function phaseOf({ infrastructure, lastPlan, isAsDesired }: PhaseInputs): Phase {
  if (infrastructure.destroyedAt) return 'destroyed';
  if (!lastPlan || lastPlan.saga === 'planned') return isAsDesired ? 'deployed' : 'planned';
  if (lastPlan.saga === 'succeeded') return isAsDesired ? 'deployed' : 'degraded';
  if (lastPlan.kind === 'destroy') return phaseOfDestroy[lastPlan.saga];
  return isOver(lastPlan) && isAsDesired ? 'deployed' : phaseOfSaga[lastPlan.saga];
}

/** A plan that was undone may leave everything as the document says: then nothing is wrong with it. */
function isOver({ saga, kind }: NonNullable<PhaseInputs['lastPlan']>): boolean {
  return kind !== 'deploy' && (saga === 'undone' || saga === 'kept');
}
