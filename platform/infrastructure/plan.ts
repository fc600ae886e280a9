import type { InfrastructureId, VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import { type Hash, type PeerAddresses, keptAddresses, stageOf } from './configuration-key.ts';
import { type DecidedVm, decideChanges, placeOf } from './decide-changes.ts';
import type {
  DesiredConfiguration,
  DesiredInfrastructure,
  DesiredVm,
  Impulse,
  ObservedInfrastructure,
  ObservedVm,
} from './model.ts';
import {
  awaitShellStep,
  barrierStep,
  configureVmStep,
  createDiskStep,
  createNetworkStep,
  createVmStep,
  deleteDiskStep,
  deleteNetworkStep,
  deleteVmStep,
  forgetInfrastructureStep,
  rebootVmStep,
  snapshotVmStep,
  startVmStep,
  stopVmStep,
  updateVmStep,
} from './planned-steps.ts';

export interface PlanOptions {
  /** SHA-256 of a value's JSON; a plan itself computes nothing but steps. */
  readonly hash: Hash;
  /** Only these VMs are brought to what is desired, and nothing leaves. */
  readonly only?: ReadonlySet<VmName>;
}

/**
 * Desired minus observed: the steps that make the difference go away (paper 4.4). Pure; the same input gives the same
 * steps; planned again once applied, it gives none. Touches only what carries the infrastructure's tag.
 */
export function planDeploy(
  whole: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  { hash, only }: PlanOptions,
): PlannedStep[] {
  const desired = only ? { ...whole, ...onlyWith(whole, only) } : whole;
  const networks = missing(desired.networks, observed.networks).map(createNetworkStep);
  const disks = missing(desired.disks, observed.disks).map(createDiskStep);
  const parts = new Set([...networks, ...disks].map((each) => each.id));
  const all = decideChanges(whole, observed);
  const decided = only ? all.filter(({ vm }) => only.has(vm.spec.name)) : all;
  const boots = decided.flatMap((each) => bootSteps(desired, each, parts));
  const configured = configurationsToRun(desired, decided, {
    addresses: keptAddresses(
      only ? all.map((each) => (only.has(each.vm.spec.name) ? each : unchanged(each))) : all,
      hash,
    ),
    configured: observed.configured,
  });
  const replaced = decided.flatMap(({ change, observed: vm }) => (vm && change === 'replace' ? [vm] : []));
  return [
    ...networks,
    ...disks,
    ...boots,
    ...configureSteps(desired, configured, boots),
    ...(only ? [] : planLeavings(desired, observed, replaced)),
  ];
}

const unchanged = (each: DecidedVm): DecidedVm => ({ ...each, change: 'none' });

/** Those VMs and their disks; networks as a whole. */
function onlyWith(
  { vms, disks }: DesiredInfrastructure,
  only: ReadonlySet<VmName>,
): Pick<DesiredInfrastructure, 'vms' | 'disks'> {
  const chosen = vms.filter(({ spec }) => only.has(spec.name));
  const used = new Set(chosen.flatMap(({ spec }) => spec.disks.map(({ disk }) => disk)));
  return { vms: chosen, disks: disks.filter(({ name }) => used.has(name)) };
}

/** What happens once. `desired` has all that a configuration needs; nothing of it is brought about here. */
export function planImpulse(desired: DesiredInfrastructure, impulse: Impulse): PlannedStep[] {
  const vms = (names: readonly VmName[]) => {
    const wanted = new Set(names);
    return desired.vms.filter(({ spec }) => wanted.has(spec.name));
  };
  if (impulse.kind === 'reboot') {
    return vms(impulse.vms).flatMap((vm) => {
      const reboot = rebootVmStep(vm);
      return [reboot, awaitShellStep(desired.id, vm, [reboot.id])];
    });
  }
  if (impulse.kind === 'snapshot')
    return vms([impulse.vm]).map((vm) => snapshotVmStep(desired.id, vm, impulse.imageName));
  const runs = vms(impulse.vms).map((vm) => ({ vm, configurations: vm.configurations }));
  return configureSteps(desired, runs, []);
}

/** The steps of {@link planRemoval}, then forgetting the infrastructure's secrets. */
export function planDestroy(id: InfrastructureId, removals: readonly PlannedStep[]): PlannedStep[] {
  return [
    ...removals,
    forgetInfrastructureStep(
      id,
      removals.map((each) => each.id),
    ),
  ];
}

type Removed = Pick<ObservedInfrastructure, 'vms' | 'disks' | 'networks'>;

/**
 * The steps that remove all these: VMs first, as networks and disks can go only when nothing is attached to them.
 * Persistent disks have another tag, so that they are never among them (paper 4.5). `replaced`: VMs that other steps
 * delete in order to make them again, which may be attached to what leaves.
 */
export function planRemoval(
  id: InfrastructureId,
  { vms, disks, networks }: Removed,
  replaced: readonly ObservedVm[] = [],
): PlannedStep[] {
  const users = attachments([...vms, ...replaced]);
  return [
    ...vms.map((vm) => deleteVmStep(id, vm)),
    ...disks.map((disk) => deleteDiskStep(disk, users.of(disk))),
    ...networks.map((network) => deleteNetworkStep(network, users.of(network))),
  ];
}

/** Ids of the steps that delete the VMs attached to something. One that is half made may be attached to anything. */
function attachments(vms: readonly ObservedVm[]) {
  const users = new Map<string, string[]>();
  const halfMade: string[] = [];
  for (const vm of vms) {
    const removal = deletionOf(vm);
    if (vm.status === 'creating') halfMade.push(removal);
    const names = [...vm.disks.map(({ disk }) => disk), ...vm.addresses.map(({ network }) => network)];
    for (const name of names) {
      const key = placeOf({ vmm: vm.vmm, name });
      users.set(key, [...(users.get(key) ?? []), removal]);
    }
  }
  return {
    of: (thing: Place): readonly string[] => [
      ...new Set([...(users.get(placeOf(thing)) ?? []), ...halfMade]),
    ],
  };
}

function deletionOf(vm: ObservedVm): string {
  return `delete-vm:${vm.name}@${vm.vmm}`;
}

/** From what is there to a VM that answers on SSH, or that is off. `parts`: ids of the steps that make networks and disks. */
function bootSteps(
  { id }: DesiredInfrastructure,
  { vm, change, observed, differences }: DecidedVm,
  parts: ReadonlySet<string>,
): PlannedStep[] {
  const withShell = (steps: readonly PlannedStep[]) => [
    ...steps,
    awaitShellStep(id, vm, [steps.at(-1)?.id ?? '']),
  ];
  const needed = [
    ...vm.spec.interfaces.map((each) => `create-network:${each.network}@${vm.vmm}`),
    ...vm.spec.disks.map((each) => `create-disk:${each.disk}@${vm.vmm}`),
  ].filter((part) => parts.has(part));
  if (change === 'none' || (observed === undefined && change !== 'create')) return [];
  if (change === 'stop') return [stopVmStep(vm)];
  if (change === 'start') return withShell([startVmStep(vm)]);
  if (change === 'update' && observed) {
    const update = updateVmStep(id, vm, { observed, differences, after: needed });
    return withShell(observed.status === 'stopped' ? [update, startVmStep(vm, [update.id])] : [update]);
  }
  const removal = change === 'replace' && observed ? [deleteVmStep(id, observed)] : [];
  const create = createVmStep(id, vm, [...needed, ...removal.map((each) => each.id)]);
  return [...removal, ...withShell([create])];
}

interface ConfigurationRun {
  readonly vm: DesiredVm;
  readonly configurations: readonly DesiredConfiguration[];
}

/** From the first step on that was done with something else, or never: what comes after may build on it. */
function configurationsToRun(
  desired: DesiredInfrastructure,
  decided: readonly DecidedVm[],
  known: { readonly addresses: PeerAddresses; readonly configured: ObservedInfrastructure['configured'] },
): ConfigurationRun[] {
  const isNew = new Set(
    decided.filter(({ change }) => change === 'create' || change === 'replace').map(({ vm }) => vm.spec.name),
  );
  return desired.vms.flatMap((vm) => {
    if (vm.isStopped) return [];
    const { name } = vm.spec;
    const done = isNew.has(name) ? {} : (known.configured[name] ?? {});
    const first = vm.configurations.findIndex(
      (each) => done[stageOf(each)] !== known.addresses.keyOf({ name, peers: vm.peers }, each),
    );
    return first === -1 ? [] : [{ vm, configurations: vm.configurations.slice(first) }];
  });
}

/** A step of contextualization waits for the one before it on all VMs; the first for what its VM builds on. */
function configureSteps(
  desired: DesiredInfrastructure,
  runs: readonly ConfigurationRun[],
  boots: readonly PlannedStep[],
): PlannedStep[] {
  const ids = new Set(boots.map((each) => each.id));
  const ifThere = (id: string) => (ids.has(id) ? [id] : []);
  const upOf = (vm: Pick<DesiredVm, 'vmm'>, name: VmName) => ifThere(`await-shell:${name}@${vm.vmm}`);
  const needsAll = runs.some(({ vm }) => vm.peers === 'all');
  const shells = boots.filter(({ kind }) => kind === 'await-shell@1').map(({ id }) => id);
  const together =
    needsAll && shells.length > 0 ? [barrierStep('all-up', 'wait until all VMs answer', shells)] : [];
  const stages = [...new Set(runs.flatMap((run) => run.configurations.map(({ step }) => step)))].toSorted(
    (one, other) => one - other,
  );
  let before: readonly PlannedStep[] = together;
  return [
    ...together,
    ...stages.flatMap((stage, index) => {
      const steps = runs.flatMap(({ vm, configurations }) => {
        const own = configurations.filter(({ step }) => step === stage);
        const peers =
          vm.peers === 'all' ? together.map(({ id }) => id) : vm.peers.flatMap((name) => upOf(vm, name));
        const first = [...new Set([...upOf(vm, vm.spec.name), ...peers])];
        return own.map((each, place) =>
          configureVmStep(desired, vm, {
            configuration: each,
            hasSteps: vm.configurations.length > 1,
            after: [
              ...first,
              ...(index === 0 ? [] : before.map(({ id }) => id)),
              ...earlierOf(own, place, vm),
            ],
          }),
        );
      });
      if (index === stages.length - 1) return steps;
      const barrier = barrierStep(
        `step-${stage}`,
        `wait for step ${stage} on all VMs`,
        steps.map(({ id }) => id),
      );
      before = [barrier];
      return [...steps, barrier];
    }),
  ];
}

/** Two configurators in one step take turns. */
function earlierOf(own: readonly DesiredConfiguration[], place: number, vm: DesiredVm): string[] {
  const earlier = own[place - 1];
  return earlier ? [`configure-vm:${vm.spec.name}:${stageOf(earlier)}`] : [];
}

/** What carries our tag and is no longer asked for. */
function planLeavings(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  replaced: readonly ObservedVm[],
): PlannedStep[] {
  const wanted = desired.vms.map(({ vmm, spec }) => ({ vmm, name: spec.name }));
  const leavings = {
    vms: missing(observed.vms, wanted),
    disks: missing(observed.disks, desired.disks),
    networks: missing(observed.networks, desired.networks),
  };
  return planRemoval(desired.id, leavings, replaced);
}

type Place = Parameters<typeof placeOf>[0];

function missing<Wanted extends Place>(wanted: readonly Wanted[], present: readonly Place[]): Wanted[] {
  const places = new Set(present.map(placeOf));
  return wanted.filter((each) => !places.has(placeOf(each)));
}
