import type { DiskName, InfrastructureId, NetworkName, VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { NetworkSpec } from '@trencadis/vmm';
import type { DesiredDisk, DesiredVm } from './model.ts';
import type {
  AwaitShellArgs,
  ConfigureVmArgs,
  CreateDiskArgs,
  CreateNetworkArgs,
  CreateVmArgs,
  DeleteDiskArgs,
  DeleteNetworkArgs,
  DeleteVmArgs,
  ForgetInfrastructureArgs,
  VmArgs,
} from './step-arguments.ts';

/** Where a step acts: part of every step's arguments. */
export interface StepTarget {
  readonly id: InfrastructureId;
  readonly vmm: string;
}

type After = readonly string[];

export function createNetworkStep({ vmm }: StepTarget, spec: NetworkSpec): PlannedStep {
  const args: CreateNetworkArgs = { vmm, spec };
  return {
    id: `create-network:${spec.name}`,
    kind: 'create-network@1',
    title: `create ${spec.kind} network ${spec.name}`,
    args,
    after: [],
  };
}

export function deleteNetworkStep({ vmm }: StepTarget, name: NetworkName, after: After): PlannedStep {
  const args: DeleteNetworkArgs = { vmm, name };
  return {
    id: `delete-network:${name}`,
    kind: 'delete-network@1',
    title: `delete network ${name}`,
    args,
    after,
  };
}

export function createDiskStep({ vmm }: StepTarget, { isPersistent, ...spec }: DesiredDisk): PlannedStep {
  const args: CreateDiskArgs = { vmm, spec, isPersistent };
  const kind = isPersistent ? 'persistent disk' : 'disk';
  return {
    id: `create-disk:${spec.name}`,
    kind: 'create-disk@1',
    title: `create ${kind} ${spec.name} (${spec.sizeGiB} GiB)`,
    args,
    after: [],
  };
}

export function deleteDiskStep({ vmm }: StepTarget, name: DiskName, after: After): PlannedStep {
  const args: DeleteDiskArgs = { vmm, name };
  return { id: `delete-disk:${name}`, kind: 'delete-disk@1', title: `delete disk ${name}`, args, after };
}

export function createVmStep({ id, vmm }: StepTarget, vm: DesiredVm, after: After): PlannedStep {
  const { spec } = vm;
  const args: CreateVmArgs = { infrastructureId: id, vmm, spec };
  const title = `create VM ${spec.name} (${spec.cpuCount} CPU, ${spec.memoryMiB} MiB)`;
  return { id: `create-vm:${spec.name}`, kind: 'create-vm@1', title, args, after };
}

export function deleteVmStep({ id, vmm }: StepTarget, name: VmName): PlannedStep {
  const args: DeleteVmArgs = { infrastructureId: id, vmm, name };
  return { id: `delete-vm:${name}`, kind: 'delete-vm@1', title: `delete VM ${name}`, args, after: [] };
}

export function startVmStep({ vmm }: StepTarget, name: VmName): PlannedStep {
  const args: VmArgs = { vmm, name };
  return { id: `start-vm:${name}`, kind: 'start-vm@1', title: `start VM ${name}`, args, after: [] };
}

export function awaitShellStep({ id, vmm }: StepTarget, name: VmName, after: After): PlannedStep {
  const args: AwaitShellArgs = { infrastructureId: id, vmm, name };
  return { id: `await-shell:${name}`, kind: 'await-shell@1', title: `wait for SSH on ${name}`, args, after };
}

export function configureVmStep(args: ConfigureVmArgs, after: After): PlannedStep {
  const { self, configuration } = args;
  return {
    id: `configure-vm:${self.name}`,
    kind: 'configure-vm@1',
    title: `configure ${self.name} with ${configuration.configurator}`,
    args,
    after,
  };
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
