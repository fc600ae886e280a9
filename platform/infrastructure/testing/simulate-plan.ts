import type { Sha256 } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { Vm } from '@trencadis/vmm';
import type { ObservedInfrastructure } from '../model.ts';
import {
  configureVmArgs,
  createDiskArgs,
  createNetworkArgs,
  createVmArgs,
  deleteDiskArgs,
  deleteNetworkArgs,
  deleteVmArgs,
  vmArgs,
} from '../step-arguments.ts';

/** What would be observed after the steps ran, in the order of their `after`. A step before its time is an error. */
export function simulatePlan(
  steps: readonly PlannedStep[],
  before: ObservedInfrastructure,
): ObservedInfrastructure {
  const done = new Set<string>();
  let observed = before;
  for (let waiting = [...steps]; waiting.length > 0;) {
    const ready = waiting.filter((step) => step.after.every((id) => done.has(id)));
    if (ready.length === 0) throw new Error(`No step can run: ${waiting.map((step) => step.id).join(', ')}`);
    for (const step of ready) {
      observed = simulateStep(step, observed);
      done.add(step.id);
    }
    waiting = waiting.filter((step) => !done.has(step.id));
  }
  return observed;
}

type Effect = (args: unknown, observed: ObservedInfrastructure) => ObservedInfrastructure;

const effects: Readonly<Record<string, Effect>> = {
  'create-network@1': (args, observed) => {
    const { spec } = createNetworkArgs.parse(args);
    return { ...observed, networks: [...observed.networks, { ...spec, subnet: '10.0.0.0/24' }] };
  },
  'delete-network@1': (args, observed) => {
    const { name } = deleteNetworkArgs.parse(args);
    const attached = observed.vms.filter((vm) => vm.addresses.some((each) => each.network === name));
    if (attached.length > 0) throw new Error(`network ${name} has VMs`);
    return { ...observed, networks: observed.networks.filter((network) => network.name !== name) };
  },
  'create-disk@1': (args, observed) => ({
    ...observed,
    disks: [...observed.disks, createDiskArgs.parse(args).spec],
  }),
  'delete-disk@1': (args, observed) => {
    const { name } = deleteDiskArgs.parse(args);
    const attached = observed.vms.filter((vm) => vm.disks.some(({ disk }) => disk === name));
    if (attached.length > 0) throw new Error(`disk ${name} is attached`);
    return { ...observed, disks: observed.disks.filter((disk) => disk.name !== name) };
  },
  'create-vm@1': (args, observed) => {
    const { spec } = createVmArgs.parse(args);
    for (const { disk } of spec.disks) {
      if (!observed.disks.some((each) => each.name === disk)) throw new Error(`no disk ${disk}`);
    }
    for (const { network } of spec.interfaces) {
      if (!observed.networks.some((each) => each.name === network)) throw new Error(`no network ${network}`);
    }
    const vm: Vm = {
      ...spec,
      status: 'running',
      hostKeys: [],
      addresses: spec.interfaces.map(({ network }, index) => ({ network, address: `10.0.0.${index + 2}` })),
    };
    return withoutVm(spec.name, observed, [vm]);
  },
  'delete-vm@1': (args, observed) => withoutVm(deleteVmArgs.parse(args).name, observed, []),
  'start-vm@1': (args, observed) => {
    const { name } = vmArgs.parse(args);
    const vms = observed.vms.map((vm): Vm => (vm.name === name ? { ...vm, status: 'running' } : vm));
    return { ...observed, vms };
  },
  'await-shell@1': (_args, observed) => observed,
  'configure-vm@1': (args, observed) => {
    const { self, configuration } = configureVmArgs.parse(args);
    return { ...observed, configured: { ...observed.configured, [self.name]: configuration.digest } };
  },
  'forget-infrastructure@1': (_args, observed) => ({ ...observed, configured: {} }),
};

function withoutVm(
  name: string,
  observed: ObservedInfrastructure,
  added: readonly Vm[],
): ObservedInfrastructure {
  const configured: Record<string, Sha256> = { ...observed.configured };
  delete configured[name];
  return { ...observed, configured, vms: [...observed.vms.filter((vm) => vm.name !== name), ...added] };
}

function simulateStep(step: PlannedStep, observed: ObservedInfrastructure): ObservedInfrastructure {
  const effect = effects[step.kind];
  if (!effect) throw new Error(`No effect is known for ${step.kind}`);
  return effect(step.args, observed);
}
