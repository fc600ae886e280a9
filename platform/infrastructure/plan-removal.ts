import type { InfrastructureId } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import { type DecidedVm, placeOf } from './decide-changes.ts';
import type { DesiredInfrastructure, ObservedInfrastructure, ObservedVm } from './model.ts';
import { deleteNetworkStep } from './planned-networks.ts';
import { deleteDiskStep, deleteVmStep, forgetInfrastructureStep } from './planned-steps.ts';

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

export type Removed = Pick<ObservedInfrastructure, 'vms' | 'disks' | 'networks'>;

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
export interface Release {
  readonly vm: ObservedVm;
  readonly stepId: string;
}

export function releaseOf({ change, observed, vm: desired }: DecidedVm): Release[] {
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

export function deletionOf(vm: ObservedVm): string {
  return `delete-vm:${vm.name}@${vm.vmm}`;
}

export const nothing: Removed = { vms: [], disks: [], networks: [] };

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
