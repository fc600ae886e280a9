import { PlatformError } from '@trencadis/errors';
import type { NetworkName } from '@trencadis/ids';
import {
  type Dated,
  externalNetwork,
  findNetworks,
  heldByOther,
  invalid,
  networkCalled,
  oldestFirst,
  readDescription,
  writeDescription,
} from '@trencadis/openstack-client';
import type { z } from 'zod';
import type { Cloud } from './cloud.ts';
import type { NetworkRecord } from './network-records.ts';
import {
  type NeutronNetwork,
  type NeutronSubnet,
  neutronNetwork,
  neutronPort,
  neutronRouter,
  neutronSubnet,
} from './neutron-schemas.ts';
import { oneOfAName } from './one-of-a-name.ts';

interface Marked extends Dated {
  readonly description?: string | null | undefined;
}

/** Things of Neutron that carry the name of one of our networks. */
interface Kind<Item extends Marked> {
  readonly path: string;
  readonly key: string;
  readonly item: z.ZodType<Item>;
}

const networks: Kind<NeutronNetwork> = { path: '/networks', key: 'networks', item: neutronNetwork };
const subnets: Kind<NeutronSubnet> = { path: '/subnets', key: 'subnets', item: neutronSubnet };
const routers: Kind<z.output<typeof neutronRouter>> = {
  path: '/routers',
  key: 'routers',
  item: neutronRouter,
};

async function named<Item extends Marked>(
  { neutron }: Cloud,
  { path, key, item }: Kind<Item>,
  name: NetworkName,
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const query = { name, project_id: await neutron.projectId(signal) };
  return neutron.list({ path, key, item, query }, signal);
}

function isOurs({ description }: Marked): boolean {
  return readDescription(description) !== undefined;
}

async function ours<Item extends Marked>(
  cloud: Cloud,
  kind: Kind<Item>,
  name: NetworkName,
  signal: AbortSignal,
) {
  return (await named(cloud, kind, name, signal)).filter(isOurs);
}

/** `conflict` where the project has a network of that name that is not ours. */
export async function refuseForeign(cloud: Cloud, name: NetworkName, signal: AbortSignal): Promise<void> {
  const foreign = (await named(cloud, networks, name, signal)).some((each) => !isOurs(each));
  if (foreign) throw heldByOther('network', name, undefined);
}

/** The network itself, its subnet and, for a public one, the router that leads out: whatever of it is not there yet. */
export async function buildNetwork(cloud: Cloud, record: NetworkRecord, signal: AbortSignal): Promise<void> {
  const one = oneOf(cloud, record, signal);
  const outer = record.kind === 'public' ? await outerNetwork(cloud, signal) : undefined;
  const network = await one(networks, 'network', {});
  const subnet = await one(subnets, 'subnet', subnetOf(cloud, record, network.id));
  if (outer === undefined) return;
  const router = await one(routers, 'router', { external_gateway_info: { network_id: outer.id } });
  const between = { device_id: router.id, network_id: network.id };
  const path = `/routers/${router.id}/add_router_interface`;
  await oneOfAName({
    list: () => portsOf(cloud, between, signal),
    create: () => cloud.neutron.accepted({ method: 'PUT', path, body: { subnet_id: subnet.id } }, signal),
    // A subnet has one interface at most.
    remove: async () => {},
  });
}

function subnetOf({ options }: Cloud, { kind, subnet }: NetworkRecord, networkId: string): object {
  const { dnsServers } = options;
  return {
    network_id: networkId,
    ip_version: 4,
    cidr: subnet,
    // A VM that is on a private network beside a public one keeps its way out.
    ...(kind === 'private' ? { gateway_ip: null } : {}),
    ...(dnsServers === undefined ? {} : { dns_nameservers: dnsServers }),
  };
}

function oneOf(cloud: Cloud, { name, tag }: NetworkRecord, signal: AbortSignal) {
  return <Item extends Marked>(kind: Kind<Item>, key: string, fields: object): Promise<Item> => {
    const body = { [key]: { name, description: writeDescription({ tag, network: name }), ...fields } };
    return oneOfAName({
      list: () => ours(cloud, kind, name, signal),
      create: () => cloud.neutron.accepted({ method: 'POST', path: kind.path, body }, signal),
      remove: ({ id }) => cloud.neutron.remove(`${kind.path}/${id}`, signal),
    });
  };
}

/** All of our making but its security group. */
export async function removeNetwork(cloud: Cloud, name: NetworkName, signal: AbortSignal): Promise<void> {
  const { neutron } = cloud;
  for (const { id } of await ours(cloud, routers, name, signal)) {
    const ports = await portsOf(cloud, { device_id: id }, signal);
    for (const port of ports.filter(({ device_owner: owner }) => owner?.includes('router_interface'))) {
      const path = `/routers/${id}/remove_router_interface`;
      const answer = await neutron.answer({ method: 'PUT', path, body: { port_id: port.id } }, signal);
      if (answer.status >= 400 && answer.status !== 404)
        throw neutron.refusal({ method: 'PUT', path }, answer);
    }
    await neutron.remove(`/routers/${id}`, signal);
  }
  for (const { id } of await ours(cloud, networks, name, signal))
    await neutron.remove(`/networks/${id}`, signal);
}

/** A network that VMs can be put on, and its first IPv4 subnet. */
export interface Wire {
  readonly networkId: string;
  readonly subnet: NeutronSubnet;
  readonly isExternal: boolean;
}

/** Where a network of ours is: its own, or the one that the cloud had. */
export async function wireOf(cloud: Cloud, record: NetworkRecord, signal: AbortSignal): Promise<Wire> {
  if (record.providerNetwork !== undefined) return providerWire(cloud, record.providerNetwork, signal);
  const [network] = await ours(cloud, networks, record.name, signal);
  const [subnet] = await ours(cloud, subnets, record.name, signal);
  if (network === undefined || subnet === undefined) throw halfMade(record.name);
  return { networkId: network.id, subnet, isExternal: false };
}

export async function findNetworkId(cloud: Cloud, record: NetworkRecord, signal: AbortSignal) {
  if (record.providerNetwork === undefined) return (await ours(cloud, networks, record.name, signal))[0]?.id;
  return (await findNetworks(cloud.neutron, record.providerNetwork, signal))[0]?.id;
}

/** Unknown: `not-found`. Several of that name: `invalid-argument`. */
export async function providerWire(cloud: Cloud, nameOrId: string, signal: AbortSignal): Promise<Wire> {
  const network = await networkCalled(cloud.neutron, nameOrId, signal);
  const query = { network_id: network.id, ip_version: '4' };
  const [subnet] = oldestFirst(await cloud.neutron.list({ ...subnets, query }, signal));
  if (subnet !== undefined) {
    return { networkId: network.id, subnet, isExternal: network['router:external'] === true };
  }
  throw invalid(
    nameOrId,
    `The cloud's network ${nameOrId} has no IPv4 subnet that can be seen: choose another one.`,
  );
}

/** That public networks lead to. */
export function outerNetwork({ neutron, options }: Cloud, signal: AbortSignal) {
  return externalNetwork(neutron, options.externalNetwork, signal);
}

export function portsOf({ neutron }: Cloud, query: Record<string, string>, signal: AbortSignal) {
  return neutron.list({ path: '/ports', key: 'ports', item: neutronPort, query }, signal);
}

/** IPv4 subnets of the project. */
export async function subnetsInUse({ neutron }: Cloud, signal: AbortSignal): Promise<readonly string[]> {
  const query = { project_id: await neutron.projectId(signal), ip_version: '4' };
  return (await neutron.list({ ...subnets, query }, signal)).map(({ cidr }) => cidr);
}

function halfMade(name: NetworkName): PlatformError {
  const message = `The network ${name} was not made to its end: create it again.`;
  return new PlatformError('not-found', message, { subject: name });
}
