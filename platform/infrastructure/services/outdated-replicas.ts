import type { VmName } from '@trencadis/ids';
import { type Hash, keptAddresses } from '../configuration-key.ts';
import { decideChanges } from '../decide-changes.ts';
import { configurationsToRun } from '../decide-configurations.ts';
import type { DesiredInfrastructure, ObservedInfrastructure } from '../model.ts';
import { isHeld } from '../plan-scope.ts';
import { replicasOf } from './replicas.ts';
import { keyOfReplica } from './planned-service-steps.ts';
import { memberStage } from './service-stages.ts';

/**
 * Replicas in service that are not as the document says: made of another image, in another size, configured with
 * something else, or in service elsewhere than they shall be. They are brought up to date in their turn (RS-12). Pure.
 */
export function outdatedReplicas(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  hash: Hash,
): readonly VmName[] {
  if (desired.services.length === 0) return [];
  const all = decideChanges(desired, observed);
  const held = all.filter((each) => isHeld(desired, observed, each));
  const addresses = keptAddresses(
    all.map((each) => ({ ...each, change: each.observed ? 'none' : each.change })),
    hash,
  );
  const known = { addresses, configured: observed.configured };
  const runs = configurationsToRun({ vms: held.map(({ vm }) => vm) }, held, known);
  const other = new Set(runs.map(({ vm }) => vm.spec.name));
  const elsewhere = new Set(
    replicasOf(desired)
      .filter((each) => observed.configured[each.name]?.[memberStage(each.spec.id)] !== keyOfReplica(each))
      .map(({ name }) => name),
  );
  return held
    .filter(
      ({ vm, change }) =>
        change === 'update' || change === 'replace' || other.has(vm.spec.name) || elsewhere.has(vm.spec.name),
    )
    .map(({ vm }) => vm.spec.name);
}
