import type { SagaStatus } from '@trencadis/saga';
import type { Vm } from '@trencadis/vmm';
import { type Hash, PeerAddresses, stageOf } from './configuration-key.ts';
import { placeOf } from './decide-changes.ts';
import { mountKey, mountStage } from './decide-mounts.ts';
import { asDesired } from './drift.ts';
import { knownDrift, restingOnUnseen } from './known-drift.ts';
import type {
  Condition,
  DesiredInfrastructure,
  DesiredVm,
  Infrastructure,
  InfrastructureStatus,
  VmStatusView,
} from './model.ts';
import type { PartialObservation } from './observe.ts';
import { type Outages, reasonOfOutages } from './outage.ts';

export interface StatusInputs {
  readonly infrastructure: Infrastructure;
  /** Absent when the document cannot be resolved any more, for example because its image was removed. */
  readonly desired: DesiredInfrastructure | undefined;
  readonly observed: PartialObservation;
  readonly lastPlan: InfrastructureStatus['lastPlan'] | undefined;
  readonly hash: Hash;
}

/** Status is never assigned: it follows from what is desired, what is observed and what the saga's log says. */
export function deriveStatus(inputs: StatusInputs): InfrastructureStatus {
  const { infrastructure, desired, observed, lastPlan, hash } = inputs;
  const { outages } = observed;
  const vms = desired ? vmViews(desired, observed, hash) : [];
  const unseen = new Map([...outages].filter(([key]) => vms.some(({ vmm }) => vmm === key)));
  const settled = asDesiredCondition(inputs);
  const isKept = vms.length === 0 && desired !== undefined && desired.groups.length > 0;
  const conditions = isKept
    ? [...keptElsewhere, settled]
    : [provisioned(vms, unseen), contextualized(vms, unseen), settled];
  const isEmpty = vms.length === 0 && !isKept;
  return {
    phase: phaseOf({ infrastructure, lastPlan, finding: findingOf(isEmpty, conditions, outages) }),
    conditions,
    vms,
    ...(lastPlan ? { lastPlan } : {}),
  };
}

/** Where all replicas are those of a VM manager's own engine, which tells of them itself: `trencadis service status`. */
const keptElsewhere: readonly Condition[] = [
  { type: 'Provisioned', status: 'true', reason: 'KeptByVmManager' },
  { type: 'Contextualized', status: 'true', reason: 'KeptByVmManager' },
];

/** Whether all is as the document says, as far as that can be told. */
type Finding = 'as-desired' | 'different' | 'unknown';

function findingOf(isEmpty: boolean, conditions: readonly Condition[], outages: Outages): Finding {
  if (!isEmpty && conditions.every(({ status }) => status === 'true')) return 'as-desired';
  const mayBe = !isEmpty && outages.size > 0 && conditions.every(({ status }) => status !== 'false');
  return mayBe ? 'unknown' : 'different';
}

function vmViews(desired: DesiredInfrastructure, observed: PartialObservation, hash: Hash): VmStatusView[] {
  const { vms, networkIds } = desired;
  const there = new Map(observed.vms.map((vm) => [placeOf(vm), vm]));
  const addresses = new PeerAddresses(
    vms.flatMap(({ vmm, spec: { name } }) => there.get(placeOf({ vmm, name })) ?? []),
    hash,
  );
  const unsure = new Set(restingOnUnseen(desired, observed.outages));
  return vms.map((each) => {
    const { spec, systemId, configurations, vmm, ordinal, isStopped, peers } = each;
    const { name } = spec;
    const vm = there.get(placeOf({ vmm, name }));
    const done = observed.configured[name] ?? {};
    return {
      name,
      systemId,
      vmm,
      ordinal,
      status: vm?.status ?? (observed.outages.has(vmm) ? 'unknown' : 'absent'),
      isStopped,
      // Where the addresses that it built on are not known: whether it ever was.
      isConfigured:
        done[mountStage] === mountKey(each.mounts ?? [], hash) &&
        configurations.every((stage) => {
          const key = done[stageOf(stage)];
          return unsure.has(each) ? key !== undefined : key === addresses.keyOf({ name, peers }, stage);
        }),
      ...(vm ? seenOf(vm, each, networkIds) : { addresses: {}, endpoints: [] }),
    };
  });
}

/** What its VM manager says of it. By the document's network ids, interface 0 first. */
function seenOf(
  vm: Vm,
  { configurations }: DesiredVm,
  networkIds: DesiredInfrastructure['networkIds'],
): Pick<VmStatusView, 'addresses' | 'publicAddresses' | 'endpoints' | 'instanceType' | 'zone' | 'failure'> {
  const idOf = (network: string) => networkIds[network] ?? network;
  const reached = vm.addresses.flatMap(({ network, publicAddress }) =>
    publicAddress === undefined ? [] : [[idOf(network), publicAddress] as const],
  );
  const [first] = vm.addresses;
  return {
    addresses: Object.fromEntries(vm.addresses.map(({ network, address }) => [idOf(network), address])),
    ...(reached.length === 0 ? {} : { publicAddresses: Object.fromEntries(reached) }),
    endpoints: endpointsOf(configurations, first?.publicAddress ?? first?.address),
    ...(vm.instanceType === undefined ? {} : { instanceType: vm.instanceType }),
    ...(vm.zone === undefined ? {} : { zone: vm.zone }),
    ...(vm.failure === undefined ? {} : { failure: vm.failure }),
  };
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

/** What is known to be wrong counts before what is not known. */
function provisioned(vms: readonly VmStatusView[], unseen: Outages): Condition {
  const type = 'Provisioned';
  const down = vms.filter((vm) => vm.status !== 'unknown' && !isAsAsked(vm));
  if (vms.length === 0) return { type, status: 'unknown', reason: 'NothingDesired' };
  if (down.length > 0) {
    const reason = `VmsNotRunning: ${down.map((vm) => `${vm.name} ${vm.status}`).join(', ')}`;
    return { type, status: 'false', reason };
  }
  if (unseen.size > 0) return { type, status: 'unknown', reason: reasonOfOutages(unseen) };
  return { type, status: 'true', reason: 'AllVmsRunning' };
}

function contextualized(vms: readonly VmStatusView[], unseen: Outages): Condition {
  const type = 'Contextualized';
  const bare = vms.filter((vm) => vm.status !== 'unknown' && !vm.isConfigured && !vm.isStopped);
  if (vms.length === 0) return { type, status: 'unknown', reason: 'NothingDesired' };
  if (bare.length > 0)
    return { type, status: 'false', reason: `VmsNotConfigured: ${bare.map((vm) => vm.name).join(', ')}` };
  if (unseen.size > 0) return { type, status: 'unknown', reason: reasonOfOutages(unseen) };
  return { type, status: 'true', reason: 'AllVmsConfigured' };
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
  const drift = knownDrift(desired, observed, { infrastructure, repairedSystems: new Set(), hash });
  if (drift.length === 0 && observed.outages.size > 0) return unknown(reasonOfOutages(observed.outages));
  return drift.length === 0 || isApplied(lastPlan) ? asDesired(drift) : unknown('NothingApplied');
}

function isApplied(lastPlan: StatusInputs['lastPlan']): boolean {
  return lastPlan !== undefined && lastPlan.saga !== 'planned';
}

interface PhaseInputs extends Pick<StatusInputs, 'infrastructure'> {
  readonly lastPlan: Pick<NonNullable<StatusInputs['lastPlan']>, 'kind' | 'saga'> | undefined;
  readonly finding: Finding;
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

const phaseOfFinding: Readonly<Record<Finding, Phase>> = {
  'as-desired': 'deployed',
  different: 'degraded',
  unknown: 'unknown',
};

/** Once a plan has succeeded, and before one was applied, what is observed decides. */
export function phaseOf({ infrastructure, lastPlan, finding }: PhaseInputs): Phase {
  if (infrastructure.destroyedAt) return 'destroyed';
  if (!lastPlan || lastPlan.saga === 'planned') return finding === 'as-desired' ? 'deployed' : 'planned';
  if (lastPlan.saga === 'succeeded') return phaseOfFinding[finding];
  if (lastPlan.kind === 'destroy') return phaseOfDestroy[lastPlan.saga];
  return isOver(lastPlan) && finding !== 'different' ? phaseOfFinding[finding] : phaseOfSaga[lastPlan.saga];
}

/** A plan that was undone may leave everything as the document says: then nothing is wrong with it. */
function isOver({ saga, kind }: NonNullable<PhaseInputs['lastPlan']>): boolean {
  return kind !== 'deploy' && (saga === 'undone' || saga === 'kept');
}
