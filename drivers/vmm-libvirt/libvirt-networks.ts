import { PlatformError } from '@trencadis/errors';
import { type NetworkName, brandId } from '@trencadis/ids';
import { type Ipv4Range, formatRange, freeSubnets, overlap, parseRange, routedRanges } from '@trencadis/ipv4';
import type { Network, NetworkOperations, NetworkSpec, OpenPorts } from '@trencadis/vmm';
import { listDomains } from './domains.ts';
import { complaintOf, heldByOther, invalid, notFound, translated, unsupported } from './errors.ts';
import { type HostNetwork, listHostNetworks, networkXml, portRecord, readHostNetworks } from './networks.ts';
import type { Site } from './site.ts';

/** Networks of libvirt: a bridge on its host, with addresses given by DHCP, and NAT to the outside for a public one. */
export function libvirtNetworks(site: Site): NetworkOperations {
  // Names and subnets are chosen one at a time; what other processes choose, libvirt refuses to start twice.
  const locked = <Result>(signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () => site.mutex.run('networks', work));
  return {
    createNetwork: (spec, signal) => locked(signal, () => createNetwork(site, spec, signal)),
    updateNetwork: (spec, signal) => locked(signal, () => updateNetwork(site, spec, signal)),
    deleteNetwork: (name, signal) => locked(signal, () => deleteNetwork(site, name, signal)),
    listNetworks: (tag, signal) =>
      translated(signal, async () => {
        const all = await listHostNetworks(site, signal);
        return all.filter(({ record }) => record?.tag === tag).map((each) => toNetwork(each, all));
      }),
  };
}

async function createNetwork(site: Site, spec: NetworkSpec, signal: AbortSignal): Promise<Network> {
  checkPorts(spec);
  const all = await listHostNetworks(site, signal);
  const existing = all.find(({ name }) => name === spec.name);
  if (existing !== undefined) {
    const { record } = existing;
    if (record === undefined || record.tag !== spec.tag) throw heldByOther('network', spec.name, record?.tag);
    if (record.providerNetwork === undefined) await startNetwork(site, spec.name, signal);
    return toNetwork(existing, all);
  }
  return spec.providerNetwork === undefined
    ? makeOwn(site, spec, all, signal)
    : noteLent(site, spec, all, signal);
}

async function makeOwn(
  site: Site,
  spec: NetworkSpec,
  all: readonly HostNetwork[],
  signal: AbortSignal,
): Promise<Network> {
  const own = all.flatMap(({ subnet }) => parseRange(subnet ?? '') ?? []);
  const taken = site.virsh.connection.isLocal ? [...own, ...(await routedRanges(signal))] : own;
  if (spec.subnet !== undefined) checkSubnet(spec.subnet, taken);
  const free = freeSubnets(site.addressPool.range, taken).map(formatRange);
  const candidates = spec.subnet === undefined ? free : [spec.subnet];
  for (const subnet of candidates) {
    if (await makeNetwork(site, spec, subnet, signal)) return getNetwork(site, spec.name, signal);
  }
  throw spec.subnet === undefined ? noFreeSubnet(site.addressPool.text) : subnetTaken(spec.subnet);
}

/** Whether libvirt could start it: it refuses what overlaps a route of its host. */
async function makeNetwork(
  { virsh }: Site,
  spec: NetworkSpec,
  subnet: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { name, tag, kind, openPorts = [] } = spec;
  const document = networkXml({ name, record: { tag, kind }, subnet, openPorts });
  await virsh.withFile(document, (file) => virsh.run(['net-define', file], { signal }));
  try {
    await virsh.run(['net-start', name], { signal });
  } catch (error) {
    await virsh.each([['net-undefine', name]], { signal: new AbortController().signal });
    if (/already in use/.test(complaintOf(error))) return false;
    throw error;
  }
  await virsh.run(['net-autostart', name], { signal });
  return true;
}

/** One whose making was cut off, or whose host was started without it. */
async function startNetwork(site: Site, name: NetworkName, signal: AbortSignal): Promise<void> {
  await site.virsh.each(
    [
      ['net-start', name],
      ['net-autostart', name],
    ],
    { signal },
  );
}

async function noteLent(
  { virsh }: Site,
  spec: NetworkSpec,
  all: readonly HostNetwork[],
  signal: AbortSignal,
): Promise<Network> {
  const { name, tag, kind, providerNetwork = '', openPorts = [] } = spec;
  const lent = all.find((each) => each.name === providerNetwork);
  if (lent === undefined || lent.record !== undefined) {
    const offered = all.flatMap((each) => (each.record === undefined ? each.name : []));
    const message = `libvirt has no network '${providerNetwork}'; it has ${offered.join(', ') || 'none'}.`;
    throw new PlatformError('not-found', message, { subject: providerNetwork });
  }
  if (lent.subnet === undefined || !lent.hasDhcp) {
    throw unsupported(
      `The network ${providerNetwork} gets its addresses from elsewhere, so that libvirt cannot tell them: choose one with DHCP of libvirt's own.`,
      providerNetwork,
    );
  }
  if (spec.subnet !== undefined && spec.subnet !== lent.subnet) {
    throw unsupported(`The network ${providerNetwork} has the subnet ${lent.subnet}, which stays.`, name);
  }
  const document = networkXml({ name, record: { tag, kind, providerNetwork }, openPorts });
  await virsh.withFile(document, (file) => virsh.run(['net-define', file], { signal }));
  return { name, tag, kind, subnet: lent.subnet, providerNetwork, ...portsOf(openPorts) };
}

async function updateNetwork(site: Site, spec: NetworkSpec, signal: AbortSignal): Promise<Network> {
  checkPorts(spec);
  const all = await listHostNetworks(site, signal);
  const existing = all.find(({ name }) => name === spec.name);
  if (existing?.record === undefined) throw notFound('network', spec.name);
  if (existing.record.tag !== spec.tag) throw heldByOther('network', spec.name, existing.record.tag);
  const network = toNetwork(existing, all);
  const { subnet = network.subnet } = spec;
  if (
    spec.kind !== network.kind ||
    subnet !== network.subnet ||
    spec.providerNetwork !== network.providerNetwork
  ) {
    const message = `The network ${spec.name} keeps its kind and subnet: make another one to change them.`;
    throw unsupported(message, spec.name);
  }
  await changePorts(site, existing, spec.openPorts ?? [], signal);
  return getNetwork(site, spec.name, signal);
}

/** Record by record, so that what is done to the network's reservations meanwhile stays. */
async function changePorts(
  { virsh }: Site,
  existing: HostNetwork,
  wanted: readonly OpenPorts[],
  signal: AbortSignal,
): Promise<void> {
  const before = new Set(existing.openPorts.map(portRecord));
  const after = new Set(wanted.map(portRecord));
  const change = (action: 'add' | 'delete', record: string) =>
    virsh.run(['net-update', existing.name, action, 'dns-txt', record, '--config'], { signal });
  for (const record of before) if (!after.has(record)) await change('delete', record);
  for (const record of after) if (!before.has(record)) await change('add', record);
}

async function deleteNetwork(site: Site, name: NetworkName, signal: AbortSignal): Promise<void> {
  const existing = (await readHostNetworks(site, [name], signal)).get(name);
  if (existing === undefined) return;
  if (existing.record === undefined) throw heldByOther('network', name, undefined);
  const users = await listDomains(site, signal);
  const user = users.find(({ facts }) => facts.interfaces.some(({ network }) => network === name));
  const ports = await site.virsh.each([['net-port-list', name]], { signal, isInterruptible: true });
  if (user !== undefined || ports.some(Boolean)) {
    const who = user === undefined ? 'A domain that is not the platform’s' : `The VM ${user.name}`;
    throw new PlatformError('conflict', `${who} is on the network ${name}: delete it first.`, {
      subject: name,
    });
  }
  await site.virsh.each([['net-destroy', name]], { signal });
  await site.virsh.run(['net-undefine', name], { signal });
}

async function getNetwork(site: Site, name: NetworkName, signal: AbortSignal): Promise<Network> {
  const all = await listHostNetworks(site, signal);
  const found = all.find((each) => each.name === name);
  if (found === undefined) throw notFound('network', name);
  return toNetwork(found, all);
}

function toNetwork(network: HostNetwork, all: readonly HostNetwork[]): Network {
  const { record, openPorts } = network;
  if (record === undefined) throw notFound('network', network.name);
  const lent = all.find(({ name }) => name === record.providerNetwork);
  const name = brandId('NetworkName', network.name);
  // Of a lent network that its host has removed no subnet is known.
  return { name, ...record, subnet: network.subnet ?? lent?.subnet ?? '0.0.0.0/0', ...portsOf(openPorts) };
}

const portsOf = (openPorts: readonly OpenPorts[]) => (openPorts.length === 0 ? {} : { openPorts });

function checkPorts({ name, openPorts = [] }: NetworkSpec): void {
  const mapped = openPorts.find(({ from, localPort }) => localPort !== undefined && localPort !== from);
  if (mapped === undefined) return;
  const message = `libvirt leads no port to another one: ${name} cannot map ${mapped.from} to ${mapped.localPort}.`;
  throw unsupported(message, name);
}

function checkSubnet(subnet: string, taken: readonly Ipv4Range[]): void {
  const range = parseRange(subnet);
  // Room for the subnet's own, the host's and the broadcast address, and one VM.
  if (range === undefined || range.length > 30) {
    throw invalid(`'${subnet}' is no subnet for a network: write a.b.c.d/len with len <= 30.`, subnet);
  }
  if (taken.some((each) => overlap(each, range))) throw subnetTaken(subnet);
}

function subnetTaken(subnet: string): PlatformError {
  const message = `The subnet ${subnet} overlaps a network or a route of libvirt's host: ask for another one.`;
  return new PlatformError('conflict', message, { subject: subnet });
}

function noFreeSubnet(pool: string): PlatformError {
  const message = `No /24 of the address pool ${pool} is free of routes and networks: delete a network, or give another addressPool.`;
  return new PlatformError('quota-exceeded', message, { subject: pool });
}
