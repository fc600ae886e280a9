import type { InfrastructureId, VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { Vm } from '@trencadis/vmm';
import type { DesiredInfrastructure, DesiredVm, ObservedInfrastructure } from './model.ts';
import {
  type StepTarget,
  awaitShellStep,
  configureVmStep,
  createDiskStep,
  createNetworkStep,
  createVmStep,
  deleteDiskStep,
  deleteNetworkStep,
  deleteVmStep,
  forgetInfrastructureStep,
  startVmStep,
} from './planned-steps.ts';
import type { Peer } from './step-arguments.ts';

/**
 * Desired minus observed: the steps that make the difference go away (paper 4.4). Pure; the same input gives the same
 * steps; planned again once applied, it gives none. Touches only what carries the infrastructure's tag.
 */
export function planDeploy(desired: DesiredInfrastructure, observed: ObservedInfrastructure): PlannedStep[] {
  const networks = missing(desired.networks, observed.networks).map((network) =>
    createNetworkStep(desired, network),
  );
  const disks = missing(desired.disks, observed.disks).map((disk) => createDiskStep(desired, disk));
  const changes = desired.vms.map((vm) => ({ vm, change: changeOf(vm, observed.vms) }));
  const parts = [...networks, ...disks].map((each) => each.id);
  const boots = changes.flatMap(({ vm, change }) => bootSteps(desired, vm, { change, parts }));
  const isPeerNew = changes.some(({ change }) => change === 'create' || change === 'replace');
  const shells = boots.filter((each) => each.kind === 'await-shell@1').map((each) => each.id);
  const configures = desired.vms
    .filter((vm) => isPeerNew || observed.configured[vm.spec.name] !== vm.configuration?.digest)
    .flatMap((vm) => configureSteps(desired, vm, shells));
  const replaced = boots.filter((each) => each.kind === 'delete-vm@1').map((each) => each.id);
  return [...networks, ...disks, ...boots, ...configures, ...planLeavings(desired, observed, replaced)];
}

/** The steps of {@link planRemoval} at every VM manager, then forgetting the infrastructure's secrets. */
export function planDestroy(id: InfrastructureId, removals: readonly PlannedStep[]): PlannedStep[] {
  return [
    ...removals,
    forgetInfrastructureStep(
      id,
      removals.map((each) => each.id),
    ),
  ];
}

/**
 * The steps that remove all these: VMs first, as networks and disks can go only when nothing is attached to them.
 * Persistent disks have another tag, so that they are never among them (paper 4.5). `otherRemovals`: ids of steps that
 * delete VMs in order to replace them, which may be attached to what leaves.
 */
export function planRemoval(
  target: StepTarget,
  { vms, disks, networks }: Omit<ObservedInfrastructure, 'configured'>,
  otherRemovals: readonly string[] = [],
): PlannedStep[] {
  const removals = vms.map((vm) => deleteVmStep(target, vm.name));
  const after = [...otherRemovals, ...removals.map((each) => each.id)];
  return [
    ...removals,
    ...disks.map((disk) => deleteDiskStep(target, disk.name, after)),
    ...networks.map((network) => deleteNetworkStep(target, network.name, after)),
  ];
}

type VmChange = 'none' | 'create' | 'start' | 'replace';

function changeOf({ spec }: DesiredVm, observed: readonly Vm[]): VmChange {
  const vm = observed.find((each) => each.name === spec.name);
  if (!vm) return 'create';
  if (vm.status === 'creating') return isOfAnotherSpec(spec, vm) ? 'replace' : 'create';
  if (vm.status === 'failed' || isDifferent(spec, vm)) return 'replace';
  return vm.status === 'stopped' ? 'start' : 'none';
}

function isDifferent(spec: DesiredVm['spec'], vm: Vm): boolean {
  return isOfAnotherSpec(spec, vm) || spec.interfaces.length !== vm.addresses.length;
}

/** Whether it was begun from another spec; of one that is being created, only the first addresses may be there. */
function isOfAnotherSpec(spec: DesiredVm['spec'], vm: Vm): boolean {
  return (
    spec.image.digest !== vm.image.digest ||
    spec.cpuCount !== vm.cpuCount ||
    spec.memoryMiB !== vm.memoryMiB ||
    diskList(spec.disks) !== diskList(vm.disks) ||
    vm.addresses.some(({ network }, index) => network !== spec.interfaces[index]?.network)
  );
}

function diskList(disks: Vm['disks']): string {
  return disks.map(({ disk, mountPath }) => `${disk} ${mountPath}`).join('\n');
}

/** From nothing, stopped or different to a VM that answers on SSH. `parts`: ids of the steps that make networks and disks. */
function bootSteps(
  target: StepTarget,
  vm: DesiredVm,
  { change, parts }: { readonly change: VmChange; readonly parts: readonly string[] },
): PlannedStep[] {
  const { name, interfaces, disks } = vm.spec;
  if (change === 'none') return [];
  if (change === 'start') {
    const start = startVmStep(target, name);
    return [start, awaitShellStep(target, name, [start.id])];
  }
  const needed = [
    ...interfaces.map((each) => `create-network:${each.network}`),
    ...disks.map((each) => `create-disk:${each.disk}`),
  ].filter((part) => parts.includes(part));
  const removal = change === 'replace' ? [deleteVmStep(target, name)] : [];
  const create = createVmStep(target, vm, [...needed, ...removal.map((each) => each.id)]);
  return [...removal, create, awaitShellStep(target, name, [create.id])];
}

function configureSteps(
  desired: DesiredInfrastructure,
  vm: DesiredVm,
  after: readonly string[],
): PlannedStep[] {
  const { configuration } = vm;
  if (!configuration) return [];
  const peers = desired.vms.filter((each) => each !== vm).map(asPeer);
  return [
    configureVmStep(
      {
        infrastructureId: desired.id,
        self: asPeer(vm),
        peers,
        databases: [...desired.databases],
        configuration,
      },
      after,
    ),
  ];
}

function asPeer({ vmm, spec, systemId, networkIds }: DesiredVm): Peer {
  return { vmm, name: spec.name, systemId, networkIds: { ...networkIds } };
}

/** What carries our tag and is no longer asked for. */
function planLeavings(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  replaced: readonly string[],
): PlannedStep[] {
  const names = new Set<VmName>(desired.vms.map((vm) => vm.spec.name));
  const leavings = {
    vms: observed.vms.filter((vm) => !names.has(vm.name)),
    disks: missing(observed.disks, desired.disks),
    networks: missing(observed.networks, desired.networks),
  };
  return planRemoval(desired, leavings, replaced);
}

function missing<Wanted extends { readonly name: string }>(
  wanted: readonly Wanted[],
  present: readonly { readonly name: string }[],
): Wanted[] {
  const names = new Set(present.map((each) => each.name));
  return wanted.filter((each) => !names.has(each.name));
}
