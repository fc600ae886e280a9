import { rm } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import type { NetworkName } from '@trencadis/ids';
import type { Network, NetworkOperations, NetworkSpec } from '@trencadis/vmm';
import { withAllocationLock } from './allocation-lock.ts';
import { ensureBridge, removeBridge } from './bridge.ts';
import { heldByOther, translated } from './errors.ts';
import { type NetworkRecord, listMachines, listNetworks, readNetwork, writeRecord } from './records.ts';
import { routedRanges } from './routes.ts';
import type { Site } from './site.ts';
import { firstFreeSubnet, parseRange } from './subnets.ts';

/** A network is a bridge of the host with a /24 of the pool; the record is written before the bridge is made. */
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

async function recordNetwork(site: Site, spec: NetworkSpec, signal: AbortSignal): Promise<Network> {
  const { layout, pool } = site;
  const existing = await readNetwork(layout, spec.name);
  if (existing !== undefined) {
    if (existing.tag === spec.tag) return existing;
    throw heldByOther('network', spec.name, existing.tag);
  }
  const own = (await listNetworks(layout)).flatMap(({ subnet }) => parseRange(subnet) ?? []);
  const subnet = firstFreeSubnet(pool.range, [...own, ...(await routedRanges(signal))]);
  if (subnet === undefined) throw noFreeSubnet(pool.text);
  const { name, tag, kind } = spec;
  const network: NetworkRecord = { name, tag, kind, subnet };
  await writeRecord(layout.networkRecord(name), network);
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
