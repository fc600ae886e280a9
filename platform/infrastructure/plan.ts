import type { InfrastructureId, VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import { type Hash, keptAddresses } from './configuration-key.ts';
import { type DecidedVm, decideChanges, placeOf, whyReplaced } from './decide-changes.ts';
import type {
  DesiredInfrastructure,
  DesiredVm,
  Impulse,
  ObservedInfrastructure,
  ObservedVm,
} from './model.ts';
import { configurationsToRun, configureSteps } from './decide-configurations.ts';
import { type MountRun, decideMounts } from './decide-mounts.ts';
import { decidePorts } from './decide-ports.ts';
import { mountDisksStep, unmountDisksStep } from './planned-mounts.ts';
import { createNetworkStep, deleteNetworkStep, updateNetworkStep } from './planned-networks.ts';
import {
  awaitShellStep,
  createDiskStep,
  createVmStep,
  deleteDiskStep,
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
  /** `false`: nothing is configured. Default `true`. */
  readonly isContextualized?: boolean;
}

/**
 * Desired minus observed: the steps that make the difference go away (paper 4.4). Pure; the same input gives the same
 * steps; planned again once applied, it gives none. Touches only what carries the infrastructure's tag.
 */
export function planDeploy(
  whole: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  { hash, only, isContextualized = true }: PlanOptions,
): PlannedStep[] {
  const desired = only ? onlyWith(whole, only) : whole;
  const networks = missing(desired.networks, observed.networks).map(createNetworkStep);
  const disks = missing(desired.disks, observed.disks).map((disk) => createDiskStep(desired.id, disk));
  const all = decideChanges(whole, observed);
  const decided = only ? all.filter(({ vm }) => only.has(vm.spec.name)) : all;
  const leaving = only ? nothing : leavingsOf(desired, observed, decided);
  const first = {
    parts: new Set([...networks, ...disks].map((each) => each.id)),
    leaving: Map.groupBy(leaving.vms, ({ name }) => name),
    mounts: decideMounts(decided, { configured: observed.configured, hash }),
    askers: askersOf(decided),
  };
  const boots = decided.flatMap((each) => bootSteps(desired, each, first));
  const kept = only ? all.map((each) => (only.has(each.vm.spec.name) ? each : unchanged(each))) : all;
  const runs = configurationsToRun(desired, decided, {
    addresses: keptAddresses(kept, hash),
    configured: observed.configured,
  });
  return [
    ...networks,
    ...decidePorts(desired.networks, observed.networks).map(updateNetworkStep),
    ...disks,
    ...boots,
    ...configureSteps(desired, isContextualized ? runs : [], boots),
    ...planRemoval(desired.id, leaving, decided.flatMap(releaseOf)),
  ];
}

const unchanged = (each: DecidedVm): DecidedVm => ({ ...each, change: 'none' });

/** Those VMs, with their disks and the networks that they need to be on. */
function onlyWith(whole: DesiredInfrastructure, only: ReadonlySet<VmName>): DesiredInfrastructure {
  const vms = whole.vms.filter(({ spec }) => only.has(spec.name));
  const used = new Set(
    vms.flatMap(({ vmm, isStopped, spec: { disks, interfaces } }) => [
      ...disks.map(({ disk }) => placeOf({ vmm, name: disk })),
      ...(isStopped ? [] : interfaces.map(({ network }) => placeOf({ vmm, name: network }))),
    ]),
  );
  const isUsed = (place: Place) => used.has(placeOf(place));
  return { ...whole, vms, disks: whole.disks.filter(isUsed), networks: whole.networks.filter(isUsed) };
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
 * Persistent disks have another tag, so that they are never among them (paper 4.5). `releases`: other steps that free
 * something of what leaves.
 */
export function planRemoval(
  id: InfrastructureId,
  { vms, disks, networks }: Removed,
  releases: readonly Release[] = [],
): PlannedStep[] {
  const deletions = vms.map((vm) => ({ vm, stepId: deletionOf(vm) }));
  const users = attachments([...deletions, ...releases]);
  return [
    ...vms.map((vm) => deleteVmStep(id, vm)),
    ...disks.map((disk) => deleteDiskStep(disk, users.of(disk))),
    ...networks.map((network) => deleteNetworkStep(network, users.of(network))),
  ];
}

/** A VM, and the step after which it is attached to nothing that leaves. */
interface Release {
  readonly vm: ObservedVm;
  readonly stepId: string;
}

function releaseOf({ change, observed, vm: desired }: DecidedVm): Release[] {
  if (observed && change === 'replace') return [{ vm: observed, stepId: deletionOf(observed) }];
  if (!observed || change !== 'update') return [];
  return [{ vm: observed, stepId: `update-vm:${desired.spec.name}@${desired.vmm}` }];
}

/** Ids of the steps that free something of VMs. One that is half made may be attached to anything. */
function attachments(releases: readonly Release[]) {
  const users = new Map<string, string[]>();
  const halfMade: string[] = [];
  for (const { vm, stepId } of releases) {
    if (vm.status === 'creating') halfMade.push(stepId);
    for (const key of attachedTo(vm)) users.set(key, [...(users.get(key) ?? []), stepId]);
  }
  return {
    of: (thing: Place): readonly string[] => [
      ...new Set([...(users.get(placeOf(thing)) ?? []), ...halfMade]),
    ],
  };
}

function attachedTo({ vmm, disks, addresses }: ObservedVm): string[] {
  const names = [...disks.map(({ disk }) => disk), ...addresses.map(({ network }) => network)];
  return names.map((name) => placeOf({ vmm, name }));
}

function deletionOf(vm: ObservedVm): string {
  return `delete-vm:${vm.name}@${vm.vmm}`;
}

/** VMs that leave a VM manager, by name: the same name may come at another one. */
type Leaving = ReadonlyMap<VmName, readonly ObservedVm[]>;

interface First {
  /** Ids of the steps that make networks and disks. */
  readonly parts: ReadonlySet<string>;
  readonly leaving: Leaving;
  readonly mounts: ReadonlyMap<string, MountRun>;
  /** By network, ids of the steps that make VMs which ask for addresses. */
  readonly askers: ReadonlyMap<string, readonly string[]>;
}

/** They come before the others of their networks, which might be given what they ask for. */
function askersOf(decided: readonly DecidedVm[]): First['askers'] {
  const askers = new Map<string, string[]>();
  for (const { vm, change } of decided) {
    if ((change !== 'create' && change !== 'replace') || !asksForAddress(vm)) continue;
    const { vmm, spec } = vm;
    for (const { network } of spec.interfaces) {
      const key = placeOf({ vmm, name: network });
      askers.set(key, [...(askers.get(key) ?? []), `create-vm:${spec.name}@${vmm}`]);
    }
  }
  return askers;
}

function asksForAddress({ spec }: DesiredVm): boolean {
  return spec.interfaces.some(({ address }) => address !== undefined);
}

/** From what is there to a VM that answers on SSH, with its disks mounted, or that is off. */
function bootSteps(desired: DesiredInfrastructure, decided: DecidedVm, first: First): PlannedStep[] {
  const { vm, change } = decided;
  if (change === 'stop') return [stopVmStep(vm)];
  const steps = change === 'none' ? [] : upSteps(desired, decided, first);
  const mount = first.mounts.get(vm.spec.name);
  if (mount === undefined) return steps;
  const ready = steps.slice(-1).map(({ id }) => id);
  return [...steps, mountDisksStep(desired.id, mount, ready)];
}

function upSteps(desired: DesiredInfrastructure, decided: DecidedVm, first: First): PlannedStep[] {
  const { vm, change } = decided;
  const steps = change === 'start' ? [startVmStep(vm)] : machineSteps(desired, decided, first);
  return [...steps, awaitShellStep(desired.id, vm, [steps.at(-1)?.id ?? ''])];
}

/** The last one has the VM as it shall be. */
function machineSteps(
  { id }: DesiredInfrastructure,
  decided: DecidedVm,
  { parts, leaving, mounts, askers }: First,
): PlannedStep[] {
  const { vm, change, observed, differences, isRestarted } = decided;
  const needed = [
    ...vm.spec.interfaces.map((each) => `create-network:${each.network}@${vm.vmm}`),
    ...vm.spec.disks.map((each) => `create-disk:${each.disk}@${vm.vmm}`),
  ].filter((part) => parts.has(part));
  if (change === 'update' && observed) {
    const unmount = unmountSteps(id, mounts.get(vm.spec.name));
    const update = updateVmStep(id, vm, {
      observed,
      differences,
      isRestarted: isRestarted && observed.status === 'running',
      after: [...needed, ...unmount.map((each) => each.id)],
    });
    const start = observed.status === 'stopped' ? [startVmStep(vm, [update.id])] : [];
    return [...unmount, update, ...start];
  }
  const removal = change === 'replace' && observed ? [deleteVmStep(id, observed)] : [];
  const elsewhere = (leaving.get(vm.spec.name) ?? []).map(deletionOf);
  const first = asksForAddress(vm)
    ? []
    : vm.spec.interfaces.flatMap(({ network }) => askers.get(placeOf({ vmm: vm.vmm, name: network })) ?? []);
  const after = [...needed, ...removal.map((each) => each.id), ...elsewhere, ...new Set(first)];
  const again = removal.length > 0 ? { again: whyReplaced(decided) } : {};
  return [...removal, createVmStep(id, vm, { after, ...again })];
}

function unmountSteps(id: InfrastructureId, run: MountRun | undefined): PlannedStep[] {
  if (run?.staying === undefined || run.previous === undefined) return [];
  return [unmountDisksStep(id, run.vm, { staying: run.staying, previous: run.previous })];
}

const nothing: Removed = { vms: [], disks: [], networks: [] };

/** What carries our tag and is no longer asked for, unless a VM that is left as it is holds it. */
export function leavingsOf(
  { vms, disks, networks }: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  decided: readonly DecidedVm[],
): Removed {
  const wanted = vms.map(({ vmm, spec }) => ({ vmm, name: spec.name }));
  const held = new Set(
    decided.flatMap(({ change, observed: vm }) =>
      vm && change !== 'update' && change !== 'replace' ? attachedTo(vm) : [],
    ),
  );
  const isFree = (place: Place) => !held.has(placeOf(place));
  return {
    vms: missing(observed.vms, wanted),
    disks: missing(observed.disks, disks).filter(isFree),
    networks: missing(observed.networks, networks).filter(isFree),
  };
}

type Place = Parameters<typeof placeOf>[0];

export function missing<Wanted extends Place>(
  wanted: readonly Wanted[],
  present: readonly Place[],
): Wanted[] {
  const places = new Set(present.map(placeOf));
  return wanted.filter((each) => !places.has(placeOf(each)));
}
