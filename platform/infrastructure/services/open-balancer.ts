import type { BalancerDriver, BalancerHost, MemberSpec } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import type { InfrastructureId } from '@trencadis/ids';
import type { Vm } from '@trencadis/vmm';
import { type StepWorld, getVm } from '../step-world.ts';
import type { BalancerPlace } from './service-step-arguments.ts';
import { VmShells } from './vm-shells.ts';

type World = Pick<StepWorld, 'vmms' | 'vault' | 'shells' | 'balancers'> & {
  readonly store: Pick<StepWorld['store'], 'find'>;
};

export interface PlacedBalancer {
  readonly infrastructureId: InfrastructureId;
  readonly balancer: BalancerPlace;
}

export interface Opening {
  readonly shells: VmShells;
  readonly signal: AbortSignal;
  /** Who knows its hosts' addresses; asks the VM manager unless told otherwise. */
  readonly findVm?: typeof getVm;
}

/** The driver of a balancer, which speaks to its hosts over those shells. */
export async function openBalancer(
  world: World,
  { infrastructureId, balancer }: PlacedBalancer,
  { shells, signal, findVm = getVm }: Opening,
): Promise<BalancerDriver> {
  const { balancers } = world;
  if (balancers === undefined) {
    const message = `There are no load balancers here, and ${balancer.name} needs one.`;
    throw new PlatformError('unsupported', message, { subject: balancer.name });
  }
  const { kind, vmm, hosts, networks, bastion } = balancer;
  if (kind === 'native') return balancers.at(vmm);
  const places = hosts.map(async (name): Promise<BalancerHost> => {
    const vm = await findVm(world, { vmm, name }, signal);
    const place = { infrastructureId, vmm, name, ...(bastion === undefined ? {} : { bastion }) };
    return {
      name,
      address: addressOn(vm, networks),
      shell: (until) => shells.get(place, until),
    };
  });
  return balancers.onHosts(await Promise.all(places));
}

/** As {@link openBalancer}, with shells that are closed afterwards. */
export async function withBalancer<Result>(
  world: World & { readonly signal: AbortSignal },
  place: PlacedBalancer,
  use: (driver: BalancerDriver) => Promise<Result>,
): Promise<Result> {
  const shells = new VmShells(world);
  try {
    return await use(await openBalancer(world, place, { shells, signal: world.signal }));
  } finally {
    await shells.close();
  }
}

/** At which others on one of those networks reach it, or else outsiders. */
export function addressOn(vm: Vm, networks: readonly string[]): string {
  const own = networks.flatMap((network) => vm.addresses.find((each) => each.network === network) ?? [])[0];
  const address = own?.address ?? outsideAddress(vm);
  if (address !== undefined) return address;
  const message = `VM ${vm.name} has no address yet (status ${vm.status}).`;
  throw new PlatformError('unavailable', message, { subject: vm.name });
}

/** At which outsiders reach it. */
export function outsideAddress({ addresses, ssh }: Vm): string | undefined {
  return (
    addresses.find(({ publicAddress }) => publicAddress !== undefined)?.publicAddress ??
    ssh?.host ??
    addresses[0]?.address
  );
}

const fullWeight = 100;

/** Joins a replica at the address where its balancer reaches it: inside of a VM manager on their network, else from outside. */
export async function addReplica(
  world: Pick<StepWorld, 'vmms'> & { readonly signal: AbortSignal },
  { vmm, name, pool, port }: Pick<MemberSpec, 'name' | 'pool' | 'port'> & { readonly vmm: string },
  { driver, balancer }: { readonly driver: BalancerDriver; readonly balancer: BalancerPlace },
): Promise<void> {
  const vm = await getVm(world, { vmm, name }, world.signal);
  const address = addressOn(vm, vmm === balancer.vmm ? balancer.networks : []);
  await driver.addMember(balancer.name, { pool, name, address, port, weight: fullWeight }, world.signal);
}
