import type { VmName } from '@trencadis/ids';
import type { ChangeRequest } from '../change-request.ts';
import type { DesiredInfrastructure, Infrastructure } from '../model.ts';
import type { PlanOptions } from '../plan.ts';
import { vmNames } from '../resource-names.ts';

export type Replacement = Pick<ChangeRequest & { readonly kind: 'scale' }, 'retire' | 'recreate' | 'order'>;

/**
 * What a change of replicas touches: those that come, are made anew or leave, and the VMs outside of the service whose
 * configuration builds on those, such as the one that holds their database.
 */
export function scopeOfReplacement(
  { id, members }: Pick<Infrastructure, 'id' | 'members'>,
  desired: DesiredInfrastructure,
  { retire, recreate, order }: Replacement,
): Pick<PlanOptions, 'only' | 'leaving' | 'anew' | 'order'> {
  const before = new Set(members.map(({ systemId, number }) => vmNames(id, systemId)(number)));
  const names = desired.vms.map(({ spec }) => spec.name);
  const coming = new Set([...names.filter((name) => !before.has(name)), ...recreate]);
  const moved = new Set<VmName>([...coming, ...retire]);
  const replicated = new Set(desired.services.map(({ spec }) => spec.systemId));
  const followers = desired.vms.filter(
    ({ systemId, peers }) =>
      !replicated.has(systemId) &&
      moved.size > 0 &&
      (peers === 'all' || peers.some((peer) => moved.has(peer))),
  );
  const only = new Set([...coming, ...followers.map(({ spec }) => spec.name)]);
  return { only, leaving: new Set(retire), anew: new Set(recreate), order };
}
