import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { NetworkName } from '@trencadis/ids';
import { type Ipv4Range, formatRange, freeSubnets, overlap, parseRange } from '@trencadis/ipv4';
import type { Exclusive } from '@trencadis/mutex';
import { invalid, readDescription } from '@trencadis/openstack-client';
import type { Network, NetworkOperations, NetworkSpec } from '@trencadis/vmm';
import type { Cloud } from './cloud.ts';
import {
  type NetworkRecord,
  findRecord,
  getRecord,
  listRecords,
  makeRecord,
  networkOf,
  ownRecord,
} from './network-records.ts';
import {
  buildNetwork,
  findNetworkId,
  outerNetwork,
  portsOf,
  providerWire,
  refuseForeign,
  removeNetwork,
  subnetsInUse,
} from './neutron-networks.ts';
import type { NeutronPort } from './neutron-schemas.ts';
import { checkPorts, hasRules, setRules } from './security-rules.ts';
import { isPortOn, removePort } from './vm-ports.ts';

const defaultPool = '10.208.0.0/16';

/**
 * A network is a security group (its record), a Neutron network with one subnet and, where it is public, a router to the
 * external network. Where the cloud's own network is used, the security group is all. Public networks open SSH
 * beside what is asked for.
 */
export function openstackNetworks(cloud: Cloud, exclusive: Exclusive): NetworkOperations {
  return {
    createNetwork: (spec, signal) =>
      exclusive(`network ${spec.name}`, signal, () => create(cloud, exclusive, spec, signal)),
    updateNetwork: (spec, signal) =>
      exclusive(`network ${spec.name}`, signal, () => update(cloud, spec, signal)),
    deleteNetwork: (name, signal) => exclusive(`network ${name}`, signal, () => remove(cloud, name, signal)),
    listNetworks: (tag, signal) =>
      exclusive(undefined, signal, async () =>
        (await listRecords(cloud, signal)).filter((record) => record.tag === tag).map(networkOf),
      ),
  };
}

async function create(
  cloud: Cloud,
  exclusive: Exclusive,
  spec: NetworkSpec,
  signal: AbortSignal,
): Promise<Network> {
  checkPorts(spec);
  const known = await ownRecord(cloud, spec, signal);
  if (known === undefined) await checkPlace(cloud, spec, signal);
  const record =
    known ??
    (await exclusive('subnets', signal, async () => {
      const subnet = await subnetFor(cloud, spec, signal);
      return makeRecord(cloud, { ...spec, subnet }, signal);
    }));
  try {
    if (!hasRules(record.group)) await firstRules(cloud, record, spec, signal);
    if (record.providerNetwork === undefined) await buildNetwork(cloud, record, signal);
  } catch (error) {
    if (known === undefined && error instanceof PlatformError && !signal.aborted)
      await remove(cloud, spec.name, signal);
    throw error;
  }
  return networkOf(await getRecord(cloud, spec.name, signal));
}

/** All in one request: where another process was quicker with its own, those are there. */
async function firstRules(
  cloud: Cloud,
  { group, name }: NetworkRecord,
  spec: NetworkSpec,
  signal: AbortSignal,
) {
  try {
    await setRules(cloud, group, spec, signal);
  } catch (error) {
    if (isPlatformError(error, 'conflict') && hasRules((await getRecord(cloud, name, signal)).group)) return;
    throw error;
  }
}

/** All that can be refused before anything is made. */
async function checkPlace(cloud: Cloud, spec: NetworkSpec, signal: AbortSignal): Promise<void> {
  if (spec.providerNetwork === undefined) await refuseForeign(cloud, spec.name, signal);
  if (spec.providerNetwork === undefined && spec.kind === 'public') await outerNetwork(cloud, signal);
}

async function subnetFor(cloud: Cloud, spec: NetworkSpec, signal: AbortSignal): Promise<string> {
  const { name, subnet, providerNetwork } = spec;
  if (providerNetwork !== undefined) return providerSubnet(cloud, spec, providerNetwork, signal);
  const recorded = (await listRecords(cloud, signal)).map((record) => record.subnet);
  const taken = [...recorded, ...(await subnetsInUse(cloud, signal))].flatMap(
    (each) => parseRange(each) ?? [],
  );
  if (subnet === undefined) return freeSubnet(cloud.options.addressPool ?? defaultPool, taken);
  const range = parseRange(subnet);
  if (range === undefined)
    throw invalid(name, `'${subnet}' is no IPv4 subnet for the network ${name}: write a.b.c.d/len.`);
  if (!taken.some((each) => overlap(each, range))) return subnet;
  const message = `The subnet ${subnet} for the network ${name} meets another of the project: choose another one.`;
  throw new PlatformError('conflict', message, { subject: name });
}

async function providerSubnet(cloud: Cloud, spec: NetworkSpec, provider: string, signal: AbortSignal) {
  const { subnet } = await providerWire(cloud, provider, signal);
  if (spec.subnet === undefined || spec.subnet === subnet.cidr) return subnet.cidr;
  const message = `The cloud's network ${provider} has the subnet ${subnet.cidr} and not ${spec.subnet}: ask for that, or for none.`;
  throw new PlatformError('conflict', message, { subject: spec.name });
}

function freeSubnet(pool: string, taken: readonly Ipv4Range[]): string {
  const range = parseRange(pool);
  const [free] = range === undefined ? [] : freeSubnets(range, taken);
  if (free !== undefined) return formatRange(free);
  const message = `No /24 of the address pool ${pool} is free of the project's subnets: delete a network or give another addressPool.`;
  throw new PlatformError('quota-exceeded', message, { subject: pool });
}

async function update(cloud: Cloud, spec: NetworkSpec, signal: AbortSignal): Promise<Network> {
  checkPorts(spec);
  const record = await ownRecord(cloud, spec, signal);
  if (record === undefined) return networkOf(await getRecord(cloud, spec.name, signal));
  refuseChange(record, spec);
  await setRules(cloud, record.group, spec, signal);
  return networkOf(await getRecord(cloud, spec.name, signal));
}

function refuseChange(record: NetworkRecord, spec: NetworkSpec): void {
  const isOtherSubnet = spec.subnet !== undefined && spec.subnet !== record.subnet;
  if (record.kind === spec.kind && record.providerNetwork === spec.providerNetwork && !isOtherSubnet) return;
  const message = `The network ${spec.name} can only be given other ports: delete it and make it anew.`;
  throw new PlatformError('unsupported', message, { subject: spec.name });
}

async function remove(cloud: Cloud, name: NetworkName, signal: AbortSignal): Promise<void> {
  const record = await findRecord(cloud, name, signal);
  if (record === undefined) return;
  const networkId = await findNetworkId(cloud, record, signal);
  if (networkId !== undefined) await removePorts(cloud, record, networkId, signal);
  if (record.providerNetwork === undefined) await removeNetwork(cloud, name, signal);
  await cloud.neutron.remove(`/security-groups/${record.group.id}`, signal);
}

/** Ports of VMs that are gone go; those of others keep the network. */
async function removePorts(cloud: Cloud, record: NetworkRecord, networkId: string, signal: AbortSignal) {
  const query = { network_id: networkId, project_id: await cloud.neutron.projectId(signal) };
  const all = await portsOf(cloud, query, signal);
  const ports = all.filter((port) => isPortOn(port, record.name) || (isOwn(record) && isOfVm(port)));
  const user = ports.find(({ device_owner: owner }) => owner !== undefined && owner !== null && owner !== '');
  if (user !== undefined) {
    const vm = (user.name ?? '').split('/')[0] ?? '';
    const message = `The VM ${vm === '' ? (user.device_id ?? user.id) : vm} is on the network ${record.name}: delete it first.`;
    throw new PlatformError('conflict', message, { subject: record.name });
  }
  for (const port of ports) await removePort(cloud, port, signal);
}

function isOwn({ providerNetwork }: NetworkRecord): boolean {
  return providerNetwork === undefined;
}

/** Also one that was plugged in past us. */
function isOfVm({ device_owner: owner, description }: NeutronPort): boolean {
  return owner?.startsWith('compute:') === true || readDescription(description) !== undefined;
}
