import { placeOf } from './decide-changes.ts';
import { type Drift, type DriftContext, deriveDrift } from './drift.ts';
import type { DesiredInfrastructure, DesiredVm } from './model.ts';
import type { PartialObservation } from './observe.ts';
import type { Outages } from './outage.ts';

/** As {@link deriveDrift}, of what can be told: nothing at a VM manager that does not answer is gone. */
export function knownDrift(
  desired: DesiredInfrastructure,
  observed: PartialObservation,
  context: DriftContext,
): readonly Drift[] {
  const { outages } = observed;
  const drift = deriveDrift(desired, observed, context);
  if (outages.size === 0) return drift;
  const unknown = new Set(restingOnUnseen(desired, outages).map(placeOfVm));
  return drift.filter(
    ({ kind, vmm, subject }) =>
      !outages.has(vmm) && !(kind === 'vm-not-configured' && unknown.has(placeOf({ vmm, name: subject }))),
  );
}

/** VMs that cannot be seen, and those whose configuration builds on the addresses of such. */
export function restingOnUnseen({ vms }: DesiredInfrastructure, outages: Outages): readonly DesiredVm[] {
  const unseen = new Set(vms.filter(({ vmm }) => outages.has(vmm)).map(({ spec }) => spec.name));
  if (unseen.size === 0) return [];
  return vms.filter(
    ({ spec, peers }) => unseen.has(spec.name) || peers === 'all' || peers.some((peer) => unseen.has(peer)),
  );
}

function placeOfVm({ vmm, spec }: DesiredVm): string {
  return placeOf({ vmm, name: spec.name });
}
