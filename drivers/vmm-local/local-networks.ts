import { rm } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import type { NetworkName } from '@trencadis/ids';
import { type Ipv4Range, formatRange, freeSubnets, overlap, parseRange, routedRanges } from '@trencadis/ipv4';
import type { NetworkOperations, NetworkSpec } from '@trencadis/vmm';
import { withAllocationLock } from './allocation-lock.ts';
import { ensureBridge, removeBridge } from './bridge.ts';
import { heldByOther, notFound, translated } from './errors.ts';
import { type NetworkRecord, listMachines, listNetworks, readNetwork, writeRecord } from './records.ts';
import type { Site } from './site.ts';

/**
 * A network is a bridge of the host with a /24 of the pool, or with the subnet that is asked for; the record is written
 * before the bridge is made.
 */
export function localNetworks(site: Site): NetworkOperations {
  const { layout } = site;
  const locked = <Result>(signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () => withAllocationLock(layout, signal, work));
  return {
    createNetwork: (spec, signal) =>
      locked(signal, async () => {
        const network = await recordNetwork(site, spec, signal);
        await ensureBridge(layout.bridge(spec.name), network, signal);
        return network;
      }),
    updateNetwork: (spec, signal) =>
      locked(signal, async () => {
        const network = await recordPorts(site, spec);
        await ensureBridge(layout.bridge(spec.name), network, signal);
        return network;
      }),
    deleteNetwork: (name, signal) =>
      locked(signal, async () => {
        await refuseWhileUsed(site, name);
        await removeBridge(layout.bridge(name), signal);
        await rm(layout.networkRecord(name), { force: true });
      }),
    listNetworks: (tag, signal) =>
      translated(signal, async () => (await listNetworks(layout)).filter((network) => network.tag === tag)),
  };
}

async function recordNetwork(site: Site, spec: NetworkSpec, signal: AbortSignal): Promise<NetworkRecord> {
  const { layout, pool } = site;
  const existing = await readNetwork(layout, spec.name);
  if (existing !== undefined) {
    if (existing.tag === spec.tag) return existing;
    throw heldByOther('network', spec.name, existing.tag);
  }
  const { name, tag, kind, openPorts, providerNetwork } = spec;
  if (providerNetwork !== undefined) {
    const message = `${name} cannot use a network '${providerNetwork}': the local VM manager has only those that it makes.`;
    throw new PlatformError('unsupported', message, { subject: name });
  }
  const own = (await listNetworks(layout)).flatMap(({ subnet }) => parseRange(subnet) ?? []);
  const taken = [...own, ...(await routedRanges(signal))];
  const [free] = freeSubnets(pool.range, taken);
  const subnet = spec.subnet ?? (free && formatRange(free));
  if (subnet === undefined) throw noFreeSubnet(pool.text);
  if (spec.subnet !== undefined) checkSubnet(spec.subnet, taken);
  const network: NetworkRecord = { name, tag, kind, subnet, ...portsOf(openPorts) };
  await writeRecord(layout.networkRecord(name), network);
  return network;
}

const portsOf = (openPorts: NetworkSpec['openPorts']) =>
  openPorts === undefined ? {} : { openPorts: [...openPorts] };

function checkSubnet(subnet: string, taken: readonly Ipv4Range[]): void {
  const range = parseRange(subnet);
  // Room for the subnet's own, the host's and the broadcast address, and one machine.
  if (range === undefined || range.length > 30) {
    const message = `'${subnet}' is no subnet for a local network: write a.b.c.d/len with len <= 30.`;
    throw new PlatformError('invalid-argument', message, { subject: subnet });
  }
  if (!taken.some((each) => overlap(each, range))) return;
  const message = `The subnet ${subnet} overlaps a network or a route of this host: ask for another one.`;
  throw new PlatformError('conflict', message, { subject: subnet });
}

async function recordPorts({ layout }: Site, spec: NetworkSpec): Promise<NetworkRecord> {
  const existing = await readNetwork(layout, spec.name);
  if (existing === undefined) throw notFound('network', spec.name);
  if (existing.tag !== spec.tag) throw heldByOther('network', spec.name, existing.tag);
  const { kind, subnet = existing.subnet, providerNetwork } = spec;
  if (kind !== existing.kind || subnet !== existing.subnet || providerNetwork !== undefined) {
    const message = `The network ${spec.name} keeps its kind and subnet: make another one to change them.`;
    throw new PlatformError('unsupported', message, { subject: spec.name });
  }
  const { openPorts: _before, ...rest } = existing;
  const network: NetworkRecord = { ...rest, ...portsOf(spec.openPorts) };
  await writeRecord(layout.networkRecord(spec.name), network);
  return network;
}

export function noFreeSubnet(pool: string): PlatformError {
  return new PlatformError(
    'quota-exceeded',
    `No /24 of the address pool ${pool} is free of this host's routes and networks: delete a network or give another pool.`,
    { subject: pool },
  );
}

async function refuseWhileUsed({ layout }: Site, name: NetworkName): Promise<void> {
  const machines = await listMachines(layout);
  const user = machines.find(({ spec }) => spec.interfaces.some(({ network }) => network === name));
  if (user === undefined) return;
  throw new PlatformError(
    'conflict',
    `The VM ${user.spec.name} is on the network ${name}: delete it first.`,
    {
      subject: name,
    },
  );
}
