import type { InfrastructureId, VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import { stageOf } from './configuration-key.ts';
import type { VmDifference } from './decide-changes.ts';
import type {
  DesiredConfiguration,
  DesiredDisk,
  DesiredInfrastructure,
  DesiredVm,
  ObservedDisk,
  ObservedVm,
} from './model.ts';
import type {
  AdoptTargetArgs,
  AwaitShellArgs,
  BarrierArgs,
  ConfigureVmArgs,
  CreateDiskArgs,
  CreateVmArgs,
  DeleteDiskArgs,
  DeleteVmArgs,
  ForgetInfrastructureArgs,
  SnapshotVmArgs,
  UpdateVmArgs,
  VmArgs,
} from './step-arguments.ts';

export type After = readonly string[];
type At = { readonly vmm: string; readonly name: string };

export const place = ({ name, vmm }: At) => `${name}@${vmm}`;

export function createDiskStep(
  infrastructureId: InfrastructureId,
  { vmm, isPersistent, ...spec }: DesiredDisk,
): PlannedStep {
  const args: CreateDiskArgs = { infrastructureId, vmm, spec, isPersistent };
  const kind = isPersistent ? 'persistent disk' : 'disk';
  return {
    id: `create-disk:${place({ vmm, name: spec.name })}`,
    kind: 'create-disk@1',
    title: `create ${kind} ${spec.name} (${spec.sizeGiB} GiB)`,
    args,
    after: [],
  };
}

export function deleteDiskStep({ vmm, name }: ObservedDisk, after: After): PlannedStep {
  const args: DeleteDiskArgs = { vmm, name };
  return {
    id: `delete-disk:${place(args)}`,
    kind: 'delete-disk@1',
    title: `delete disk ${name}`,
    args,
    after,
  };
}

/** `again`: why a VM that is there is made once more. */
export function createVmStep(
  infrastructureId: InfrastructureId,
  vm: DesiredVm,
  { after, again }: { readonly after: After; readonly again?: string },
): PlannedStep {
  const { spec, vmm } = vm;
  const args: CreateVmArgs = { infrastructureId, vmm, spec };
  const why = again === undefined ? '' : `; ${again}`;
  const title = `create VM ${spec.name} (${sizeWords(vm)}${why})`;
  return { id: `create-vm:${placeOf(vm)}`, kind: 'create-vm@1', title, args, after };
}

/** "t3.small: 2 CPU, 2048 MiB, 0.0208 USD/h, cheapest of 14 that fit; spot; zone a". */
function sizeWords({ spec, typeChoice }: DesiredVm): string {
  const { cpuCount, memoryMiB, instanceType, zone, spot } = spec;
  const price = typeChoice?.price;
  const size = [
    `${cpuCount} CPU`,
    `${memoryMiB} MiB`,
    ...(price ? [`${price.perHour} ${price.currency}/h`] : []),
    ...(typeChoice ? [typeChoice.because] : []),
  ].join(', ');
  const options = [...(spot ? ['; spot'] : []), ...(zone === undefined ? [] : [`; zone ${zone}`])];
  return `${instanceType === undefined ? '' : `${instanceType}: `}${size}${options.join('')}`;
}

export const placeOf = ({ vmm, spec }: DesiredVm) => place({ vmm, name: spec.name });

export function deleteVmStep(infrastructureId: InfrastructureId, { vmm, name }: ObservedVm): PlannedStep {
  const args: DeleteVmArgs = { infrastructureId, vmm, name };
  return { id: `delete-vm:${place(args)}`, kind: 'delete-vm@1', title: `delete VM ${name}`, args, after: [] };
}

/** Changes a VM in place; the title says what, and whether it is restarted. */
export function updateVmStep(
  infrastructureId: InfrastructureId,
  vm: DesiredVm,
  {
    observed,
    differences,
    isRestarted,
    after,
  }: {
    readonly observed: ObservedVm;
    readonly differences: readonly VmDifference[];
    readonly isRestarted: boolean;
    readonly after: After;
  },
): PlannedStep {
  const { spec, vmm } = vm;
  const { cpuCount, memoryMiB, disks, instanceType } = observed;
  const type = instanceType === undefined ? {} : { instanceType };
  const previous = { cpuCount, memoryMiB, disks, ...type };
  const args: UpdateVmArgs = { infrastructureId, vmm, spec, previous };
  const what = [
    ...(instanceType === spec.instanceType ? [] : [`${instanceType ?? '?'} -> ${spec.instanceType ?? '?'}`]),
    ...(spec.cpuCount === cpuCount ? [] : [`${cpuCount} -> ${spec.cpuCount} CPU`]),
    ...(spec.memoryMiB === memoryMiB ? [] : [`${memoryMiB} -> ${spec.memoryMiB} MiB`]),
    ...(differences.includes('disks') ? [`${disks.length} -> ${spec.disks.length} disks`] : []),
  ];
  const title = `change VM ${spec.name} in place (${what.join(', ')}${isRestarted ? '; restarts it' : ''})`;
  return { id: `update-vm:${placeOf(vm)}`, kind: 'update-vm@1', title, args, after };
}

export function startVmStep(vm: DesiredVm, after: After = []): PlannedStep {
  return powerStep('start', vm, after);
}

export function stopVmStep(vm: DesiredVm): PlannedStep {
  return powerStep('stop', vm, []);
}

export function rebootVmStep(vm: DesiredVm): PlannedStep {
  return powerStep('reboot', vm, []);
}

function powerStep(verb: 'start' | 'stop' | 'reboot', vm: DesiredVm, after: After): PlannedStep {
  const args: VmArgs = { vmm: vm.vmm, name: vm.spec.name };
  return {
    id: `${verb}-vm:${place(args)}`,
    kind: `${verb}-vm@1`,
    title: `${verb} VM ${args.name}`,
    args,
    after,
  };
}

export function snapshotVmStep(
  infrastructureId: InfrastructureId,
  { vmm, spec, systemId }: DesiredVm,
  imageName: string,
): PlannedStep {
  const args: SnapshotVmArgs = { infrastructureId, vmm, name: spec.name, systemId, imageName };
  const title = `make image ${imageName} of VM ${spec.name}`;
  return { id: `snapshot-vm:${place(args)}:${imageName}`, kind: 'snapshot-vm@1', title, args, after: [] };
}

export const wayTo = ({ bastion }: DesiredVm) => (bastion === undefined ? {} : { bastion });

export function awaitShellStep(infrastructureId: InfrastructureId, vm: DesiredVm, after: After): PlannedStep {
  const args: AwaitShellArgs = { infrastructureId, vmm: vm.vmm, name: vm.spec.name, ...wayTo(vm) };
  const title = `wait for SSH on ${args.name}`;
  return { id: `await-shell:${place(args)}`, kind: 'await-shell@1', title, args, after };
}

/** Does nothing: what comes after all of these, however they end, needs to name one step only. */
export function barrierStep(name: string, title: string, after: After): PlannedStep {
  const args: BarrierArgs = {};
  return { id: `barrier:${name}`, kind: 'barrier@1', title, args, after, waitsFor: 'end' };
}

export function configureVmStep(
  desired: DesiredInfrastructure,
  vm: DesiredVm,
  {
    configuration,
    hasSteps,
    after,
  }: { readonly configuration: DesiredConfiguration; readonly hasSteps: boolean; readonly after: After },
): PlannedStep {
  const { name } = vm.spec;
  const { step, configurator } = configuration;
  const databases = desired.databases.filter((each) => each.heldBy === name || each.usedBy.includes(name));
  const { vmm, systemId, peers } = vm;
  const args: ConfigureVmArgs = {
    infrastructureId: desired.id,
    vmm,
    ...wayTo(vm),
    name,
    systemId,
    peers,
    networkIds: desired.networkIds,
    databases,
    configuration,
  };
  return {
    id: `configure-vm:${name}:${stageOf(configuration)}`,
    kind: 'configure-vm@2',
    title: `configure ${name} with ${configurator}${hasSteps ? ` (step ${step})` : ''}`,
    args,
    after,
  };
}

/** First of all, so that its undo comes last: then the infrastructure is again what it was before the plan. */
export function adoptTargetStep(args: AdoptTargetArgs, waiting: readonly VmName[] = []): PlannedStep {
  const follow =
    waiting.length === 1 ? '1 replica follows' : `${waiting.length} replicas follow in their turn`;
  const title = `note what is asked for${waiting.length > 0 ? `; ${follow}, once others serve` : ''}`;
  return { id: 'adopt-target', kind: 'adopt-target@1', title, args, after: [] };
}

export function forgetInfrastructureStep(infrastructureId: InfrastructureId, after: After): PlannedStep {
  const args: ForgetInfrastructureArgs = { infrastructureId };
  return {
    id: 'forget-infrastructure',
    kind: 'forget-infrastructure@1',
    title: 'forget its keys and secrets',
    args,
    after,
  };
}
