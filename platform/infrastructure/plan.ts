import type { InfrastructureId, VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import { type Hash, keptAddresses } from './configuration-key.ts';
import { type DecidedVm, decideChanges, placeOf, whyReplaced } from './decide-changes.ts';
import type { DesiredInfrastructure, DesiredVm, ObservedInfrastructure, ObservedVm } from './model.ts';
import { isHeld, leavingOnly, onlyWith } from './plan-scope.ts';
import { deletionOf, leavingsOf, missing, planRemoval, releaseOf } from './plan-removal.ts';
import { configureFollowers } from './services/configure-followers.ts';
import { planServices } from './services/plan-services.ts';
import type { ServiceScope } from './services/standing-in-service.ts';
import { configurationsToRun, configureSteps } from './decide-configurations.ts';
import { type MountRun, decideMounts } from './decide-mounts.ts';
import { decidePorts } from './decide-ports.ts';
import { mountDisksStep, unmountDisksStep } from './planned-mounts.ts';
import { createNetworkStep, updateNetworkStep } from './planned-networks.ts';
import {
  awaitShellStep,
  createDiskStep,
  createVmStep,
  deleteVmStep,
  startVmStep,
  stopVmStep,
  updateVmStep,
} from './planned-steps.ts';

export interface PlanOptions extends ServiceScope {
  /** SHA-256 of a value's JSON; a plan itself computes nothing but steps. */
  readonly hash: Hash;
  /** Only these VMs are brought to what is desired, and nothing leaves but `leaving`. */
  readonly only?: ReadonlySet<VmName>;
  /** Replicas that leave, with their disks, where only some VMs are brought to what is desired. */
  readonly leaving?: ReadonlySet<VmName>;
  /** Made anew although nothing of them differs: what they do is not well. */
  readonly anew?: ReadonlySet<VmName>;
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
  options: PlanOptions,
): PlannedStep[] {
  const { hash, only, order, isContextualized = true } = options;
  const desired = only ? onlyWith(whole, only) : whole;
  const networks = missing(desired.networks, observed.networks).map(createNetworkStep);
  const disks = missing(desired.disks, observed.disks).map((disk) => createDiskStep(desired.id, disk));
  const all = decideChanges(whole, observed).map((each) => madeAnew(each, options));
  const isDecided = (each: DecidedVm) =>
    only ? only.has(each.vm.spec.name) : !isHeld(whole, observed, each);
  const decided = all.filter(isDecided);
  const settled = all.map((each) => (isDecided(each) ? each : unchanged(each)));
  const leaving = only ? leavingOnly(observed, options.leaving) : leavingsOf(desired, observed, settled);
  const first = {
    parts: new Set([...networks, ...disks].map((each) => each.id)),
    leaving: Map.groupBy(leaving.vms, ({ name }) => name),
    mounts: decideMounts(decided, { configured: observed.configured, hash }),
    askers: askersOf(decided),
  };
  const boots = decided.flatMap((each) => bootSteps(desired, each, first));
  const addresses = keptAddresses(settled, hash);
  const running = { vms: decided.map(({ vm }) => vm) };
  const runs = configurationsToRun(running, decided, { addresses, configured: observed.configured });
  const steps = [
    ...networks,
    ...decidePorts(desired.networks, observed.networks).map(updateNetworkStep),
    ...disks,
    ...boots,
    ...configureFollowers(whole, configureSteps(desired, isContextualized ? runs : [], boots), {
      names: options.leaving ?? new Set(),
      deletions: leaving.vms.map(deletionOf),
      isLaunchFirst: order === 'launch-first' && boots.length > 0,
    }),
    ...planRemoval(desired.id, leaving, decided.flatMap(releaseOf)),
  ];
  return planServices(whole, observed, { steps, scope: options });
}

function madeAnew(each: DecidedVm, { anew }: PlanOptions): DecidedVm {
  const isOne = anew?.has(each.vm.spec.name) === true && each.observed !== undefined;
  return isOne ? { ...each, change: 'replace', isForced: true } : each;
}

const unchanged = (each: DecidedVm): DecidedVm => ({ ...each, change: 'none' });

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
