import type { ServiceSpec } from '@trencadis/availability';
import type { InfrastructureId } from '@trencadis/ids';
import type { PlacementRequest } from '../decide-placement.ts';
import type { Offers, VmmForDeployment } from '../offers.ts';
import { groupName } from '../resource-names.ts';

/**
 * Where the replicas of a service go: only where there is the balancer, and the engine, that it asks for. Of those that
 * a VM manager's own engine keeps, as many as there are at least have to fit, and a group that is there stays.
 */
export function serviceRequest(
  id: InfrastructureId,
  request: PlacementRequest,
  { spec, offers }: { readonly spec: ServiceSpec; readonly offers: Pick<Offers, 'vmms' | 'groups'> },
): PlacementRequest {
  const fits = new Map(request.fits);
  for (const site of offers.vmms) {
    const because = lackOf(spec, site);
    if (because !== undefined) fits.set(site.vmm, { because });
  }
  if (spec.scaling.engine === 'platform') return { ...request, fits };
  const count = Math.max(1, spec.replicas.min);
  const home = offers.groups?.get(groupName(id, spec.id));
  const there = new Map(home === undefined ? [] : [[home, count]]);
  return { ...request, count, placed: there, present: there, fits };
}

function lackOf(
  { balancing, scaling }: ServiceSpec,
  { own, capabilities }: VmmForDeployment,
): string | undefined {
  const isKept = own?.scalingGroups !== false && capabilities.instanceTypes;
  if (scaling.engine === 'native' && !isKept)
    return "it has no engine of its own that keeps replicas: leave scale.engine = 'native' out";
  if (balancing?.kind === 'native' && own?.balancer === false)
    return "it has no load balancer of its own: leave balancer.kind = 'native' out";
  return undefined;
}
