import type { VmName } from '@trencadis/ids';
import type { ChangeRequest } from '../change-request.ts';
import { decideChanges } from '../decide-changes.ts';
import type { DesiredInfrastructure, DesiredVm, Infrastructure, ObservedInfrastructure } from '../model.ts';
import type { PlanOptions } from '../plan.ts';
import { vmNames } from '../resource-names.ts';

export type Replacement = Pick<
  ChangeRequest & { readonly kind: 'scale' },
  'retire' | 'recreate' | 'finish' | 'leave' | 'order'
>;

/**
 * What a change of replicas touches: those that come, are made anew, lack something or leave, and the VMs outside of the service whose
 * configuration builds on those, such as the one that holds their database; of these only what is sound otherwise.
 */
export function scopeOfReplacement(
  { id, members }: Pick<Infrastructure, 'id' | 'members'>,
  {
    desired,
    observed,
  }: { readonly desired: DesiredInfrastructure; readonly observed: ObservedInfrastructure },
  { retire, recreate, finish = [], leave = [], order }: Replacement,
): Pick<PlanOptions, 'only' | 'leaving' | 'anew' | 'finish' | 'leave' | 'order'> {
  const before = new Set(members.map(({ systemId, number }) => vmNames(id, systemId)(number)));
  const names = desired.vms.map(({ spec }) => spec.name);
  const coming = new Set([...names.filter((name) => !before.has(name)), ...recreate, ...finish]);
  const followers = coming.size + retire.length === 0 ? [] : followersOf(desired, observed, coming);
  const only = new Set([...coming, ...followers.map(({ spec }) => spec.name)]);
  return {
    only,
    leaving: new Set(retire),
    anew: new Set(recreate),
    finish: new Set(finish),
    leave: new Set(leave),
    order,
  };
}

function followersOf(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  coming: ReadonlySet<VmName>,
): readonly DesiredVm[] {
  const replicated = new Set(desired.services.map(({ spec }) => spec.systemId));
  // Those that stay are peers of whoever those that left were peers of.
  const replicas = new Set([...coming, ...desired.services.flatMap(({ replicas: all }) => all)]);
  const deserted = new Set(
    desired.databases.filter(({ usedBy }) => usedBy.length === 0).map(({ heldBy }) => heldBy),
  );
  return decideChanges(desired, observed)
    .filter(({ change, vm }) => change === 'none' && !vm.isStopped && !replicated.has(vm.systemId))
    .map(({ vm }) => vm)
    .filter(
      ({ spec, peers }) =>
        peers === 'all' || peers.some((peer) => replicas.has(peer)) || deserted.has(spec.name),
    );
}
