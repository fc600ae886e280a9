import { PlatformError } from '@trencadis/errors';
import {
  type ReconcilerParts,
  type VmShells,
  deployedBalancer,
  openBalancer,
  poolName,
} from '@trencadis/infrastructure/services';
import type { Group, ObservedBalancer } from '../fleet.ts';
import type { DeployedServices } from './deployed-services.ts';
import type { ReplicaObservation } from './replica-observation.ts';

interface Around {
  readonly world: ReconcilerParts['world'];
  readonly shells: VmShells;
  readonly deployed: DeployedServices;
  readonly observation: ReplicaObservation;
}

/** What a group's balancer says of it, over connections that stay open: it is asked every second. */
export async function describeServiceBalancer(
  { world, shells, deployed, observation }: Around,
  { infrastructureId, spec }: Group,
  signal: AbortSignal,
): Promise<ObservedBalancer | undefined> {
  const infrastructure = deployed.latest(infrastructureId);
  if (infrastructure === undefined || spec.balancing === undefined) return undefined;
  const balancer = deployedBalancer(infrastructure, deployed.read(infrastructure).document, spec);
  if (balancer === undefined) return undefined;
  const findVm = async (
    _world: unknown,
    { name }: { readonly name: Parameters<typeof observation.vmOf>[1] },
  ) => {
    const vm = observation.vmOf(infrastructureId, name);
    if (vm !== undefined) return vm;
    throw new PlatformError('unavailable', `The balancer's VM ${name} is not there.`, { subject: name });
  };
  const driver = await openBalancer(world, { infrastructureId, balancer }, { shells, signal, findVm });
  const seen = await driver.describeBalancer(balancer.name, signal);
  if (seen === undefined) return undefined;
  const { protocol, port } = spec.balancing;
  const pool = poolName(spec.id);
  return {
    endpoints: seen.addresses.map((address) => `${protocol}://${address}:${port}`),
    status: seen.status,
    ...(seen.failure === undefined ? {} : { failure: seen.failure }),
    members: seen.members.filter((each) => each.pool === pool),
  };
}
