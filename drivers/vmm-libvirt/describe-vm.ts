import type { Vm, VmAddress, VmStatus } from '@trencadis/vmm';
import { deviceOf } from './disk-serial.ts';
import { type Domain, isActive } from './domains.ts';
import { readHostNetworks } from './networks.ts';
import type { Site } from './site.ts';

/** Addresses by MAC, lower case. */
type Leases = ReadonlyMap<string, string>;

/** As the contract has them. Addresses on lent networks are asked of those networks, once each. */
export async function describeDomains(
  site: Site,
  domains: readonly Domain[],
  signal: AbortSignal,
): Promise<readonly Vm[]> {
  const leases = await readLeases(site, domains, signal);
  const networks = [
    ...new Set(domains.flatMap(({ facts }) => facts.interfaces.map(({ network }) => network))),
  ];
  const found = networks.length < 2 ? undefined : await readHostNetworks(site, networks, signal);
  const isPublic = (network: string) => found?.get(network)?.record?.kind !== 'private';
  return domains.map((domain) => toVm(site, domain, { leases, isPublic }));
}

async function readLeases(site: Site, domains: readonly Domain[], signal: AbortSignal): Promise<Leases> {
  const lent = domains.flatMap(({ facts }) =>
    facts.interfaces.flatMap(({ source, address }) => (address === undefined ? source : [])),
  );
  const commands = [...new Set(lent)].map((network) => ['net-dhcp-leases', network]);
  const tables =
    commands.length === 0 ? [] : await site.virsh.each(commands, { signal, isInterruptible: true });
  // Expiry time, MAC, protocol, address/prefix, host name, client id.
  const rows = tables.flatMap((table) => [...table.matchAll(/([0-9a-f:]{17})\s+ipv4\s+([0-9.]+)\/\d+/gi)]);
  return new Map(rows.map(([, mac = '', address = '']) => [mac.toLowerCase(), address]));
}

interface Surroundings {
  readonly leases: Leases;
  readonly isPublic: (network: string) => boolean;
}

function toVm(site: Site, domain: Domain, { leases, isPublic }: Surroundings): Vm {
  const { name, facts, cpuCount, memoryMiB } = domain;
  const addresses = facts.interfaces.flatMap(({ network, address, mac }): VmAddress[] => {
    const known = address ?? leases.get(mac);
    return known === undefined ? [] : [{ network, address: known }];
  });
  const status = statusOf(domain, addresses.length === facts.interfaces.length);
  const best = addresses.find(({ network }) => isPublic(network)) ?? addresses[0];
  const isToBeReached = site.hasGuests && isReachableOn(site, domain, best) && status !== 'creating';
  return {
    name,
    tag: facts.tag,
    status,
    image: facts.image,
    cpuCount,
    memoryMiB,
    addresses,
    disks: facts.disks.map(({ disk, mountPath }) => ({ disk, mountPath })),
    ...(facts.disks.length === 0
      ? {}
      : { devices: Object.fromEntries(facts.disks.map(({ disk }) => [disk, deviceOf(disk)])) }),
    ...(isToBeReached && best !== undefined
      ? { ssh: { host: best.address, port: 22, user: facts.user } }
      : {}),
    hostKeys: facts.hostKeys,
    ...(status === 'failed' ? { failure: `libvirt says: ${domain.state} (${domain.reason})` } : {}),
  };
}

/** A lent network is one that others have a route to. */
function isReachableOn(site: Site, { facts }: Domain, address: VmAddress | undefined): boolean {
  const on = facts.interfaces.find(({ network }) => network === address?.network);
  return on !== undefined && (site.isReachable || on.source !== on.network);
}

/** One that runs and whose address is not known yet, on a lent network, is still coming. */
function statusOf(domain: Domain, areAddressesKnown: boolean): VmStatus {
  const { state, reason, phase } = domain;
  if (state === 'crashed' || /crashed|failed|error/i.test(reason)) return 'failed';
  if (domain.facts.hostKeys.length === 0) return 'creating';
  if (!isActive(domain)) return phase === 'new' ? 'creating' : 'stopped';
  return areAddressesKnown ? 'running' : 'creating';
}
