import { existsSync } from 'node:fs';
import { gatewayOf, macOf, rangeOf } from '@trencadis/ipv4';
import { withAllocationLock } from './allocation-lock.ts';
import { ensureBridge, isThere, macPrefix, removeLinks } from './bridge.ts';
import { run, runIp } from './command.ts';
import { notFound } from './errors.ts';
import type { MachinePlaces } from './layout.ts';
import { type MachineRecord, type NetworkRecord, readNetwork } from './records.ts';
import type { MachineStep, Site } from './site.ts';

export const namespacePath = (name: string) => `/run/netns/${name}`;

/**
 * The machine's network namespace with `eth0`, `eth1`, ... on their bridges and their addresses set. It is complete
 * before systemd starts, so nothing in the machine configures or waits for a network.
 */
export const connect: MachineStep = async (site, machine, signal) => {
  const places = site.layout.machine(machine.spec.name);
  const networks = await networksOf(site, machine);
  for (const network of networks) {
    const bridge = site.layout.bridge(network.name);
    if (isThere(bridge)) continue;
    // The host has restarted since the network was made; two machines may start at once.
    await withAllocationLock(site.layout, signal, () => ensureBridge(bridge, network, signal));
  }
  await runIp([`netns add ${places.kernelName}`, ...linkCommands(site, machine, networks)], { signal });
  const inside = ['link set lo up', ...addressCommands(machine, networks), ...routeCommands(networks)];
  await runIp(inside, { signal, namespace: places.kernelName });
};

/** Nothing there: succeeds. */
export async function disconnect(
  places: MachinePlaces,
  { spec }: MachineRecord,
  signal: AbortSignal,
): Promise<void> {
  // The namespace takes its links along, but later; a name must be free at once for the next start.
  await removeLinks(
    spec.interfaces.map((_, index) => places.link(index)),
    signal,
  );
  if (existsSync(namespacePath(places.kernelName))) {
    await run('ip', ['netns', 'delete', places.kernelName], { signal });
  }
}

async function networksOf({ layout }: Site, { spec }: MachineRecord): Promise<readonly NetworkRecord[]> {
  return Promise.all(
    spec.interfaces.map(async ({ network }) => {
      const record = await readNetwork(layout, network);
      if (record === undefined) throw notFound('network', network);
      return record;
    }),
  );
}

function linkCommands(
  { layout }: Site,
  machine: MachineRecord,
  networks: readonly NetworkRecord[],
): string[] {
  const places = layout.machine(machine.spec.name);
  return networks.flatMap(({ name }, index) => {
    const mac = macOf(macPrefix, machine.addresses[index]?.address ?? '');
    const inner = `name eth${index} address ${mac} netns ${places.kernelName}`;
    return [
      `link add ${places.link(index)} type veth peer ${inner}`,
      `link set ${places.link(index)} master ${layout.bridge(name)} up`,
    ];
  });
}

function addressCommands({ addresses }: MachineRecord, networks: readonly NetworkRecord[]): string[] {
  return addresses.flatMap(({ address }, index) => [
    `addr add ${address}/${rangeOf(networks[index]?.subnet ?? '').length} dev eth${index}`,
    `link set eth${index} up`,
  ]);
}

/** Only a public network leads anywhere: the first one is the way out. */
function routeCommands(networks: readonly NetworkRecord[]): string[] {
  const outer = networks.find(({ kind }) => kind === 'public');
  return outer === undefined ? [] : [`route add default via ${gatewayOf(rangeOf(outer.subnet))}`];
}
