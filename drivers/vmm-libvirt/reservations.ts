import { PlatformError } from '@trencadis/errors';
import { type VmName, sha256OfText } from '@trencadis/ids';
import { contains, freeAddresses, isMachineAddress, macOf, parseAddress, parseRange } from '@trencadis/ipv4';
import type { VmInterface } from '@trencadis/vmm';
import { complaintOf, invalid, notFound } from './errors.ts';
import type { Facts } from './facts.ts';
import { type HostNetwork, readHostNetworks } from './networks.ts';
import type { Site } from './site.ts';
import { element } from './xml.ts';

/** QEMU's usual beginning of locally administered addresses. */
const macPrefix = '52:54';

export interface PlannedInterface {
  readonly network: VmInterface['network'];
  readonly host: HostNetwork;
  /** Asked for. */
  readonly address?: string;
}

/** The networks that a VM is to be on; those that are not there, and addresses that cannot be had, are refused before anything is made. */
export async function planInterfaces(
  site: Site,
  vm: VmName,
  interfaces: readonly VmInterface[],
  signal: AbortSignal,
): Promise<readonly PlannedInterface[]> {
  const found = await readHostNetworks(
    site,
    interfaces.map(({ network }) => network),
    signal,
  );
  return interfaces.map(({ network, address }) => {
    const host = found.get(network);
    if (host?.record === undefined) throw notFound('network', network);
    if (address !== undefined) checkAddress(host, vm, address);
    return { network, host, ...(address === undefined ? {} : { address }) };
  });
}

function checkAddress(
  { name, subnet, reservations, record }: HostNetwork,
  vm: VmName,
  address: string,
): void {
  if (record?.providerNetwork !== undefined) {
    const message = `The network ${name} is lent, and gives addresses as it likes: ask for none on it.`;
    throw new PlatformError('unsupported', message, { subject: vm });
  }
  const range = parseRange(subnet ?? '');
  const number = parseAddress(address);
  if (range === undefined || !contains(range, number)) {
    throw invalid(`The address ${address} of ${vm} is not in the subnet ${subnet} of ${name}.`, vm);
  }
  if (!isMachineAddress(range, number)) {
    throw invalid(`The address ${address} of ${vm} is the network's own.`, vm);
  }
  const holder = reservations.find((each) => each.address === address);
  if (holder !== undefined && holder.name !== vm) throw addressTaken(address, name, holder.name);
}

function addressTaken(address: string, network: string, holder: string): PlatformError {
  const message = `The address ${address} of the network ${network} is that of ${holder}: ask for another one.`;
  return new PlatformError('conflict', message, { subject: address });
}

/**
 * Reserves an address on each network, under the VM's name: libvirt refuses a second reservation of the same address, so
 * that two processes never give one to two VMs.
 */
export async function reserve(
  site: Site,
  vm: VmName,
  planned: readonly PlannedInterface[],
  signal: AbortSignal,
): Promise<Facts['interfaces']> {
  const made: Facts['interfaces'] = [];
  for (const [index, each] of planned.entries()) {
    const { network, host } = each;
    const lent = host.record?.providerNetwork;
    if (lent === undefined) {
      const address = await reserveOne(site, vm, each, signal);
      made.push({ network, source: host.name, mac: macOf(macPrefix, address), address });
    } else {
      made.push({ network, source: lent, mac: lentMac(vm, index) });
    }
  }
  return made;
}

async function reserveOne(
  site: Site,
  vm: VmName,
  { host, address: asked }: PlannedInterface,
  signal: AbortSignal,
): Promise<string> {
  const mine = host.reservations.find(({ name }) => name === vm);
  if (mine !== undefined) return mine.address;
  const taken = new Set(host.reservations.map(({ address }) => address));
  const range = parseRange(host.subnet ?? '');
  const free = range === undefined ? [] : freeAddresses(range, taken);
  const candidates = asked === undefined ? free : [asked];
  for (const address of candidates) {
    if (await add(site, host.name, { mac: macOf(macPrefix, address), name: vm, ip: address }, signal))
      return address;
  }
  if (asked !== undefined) throw addressTaken(asked, host.name, 'another VM');
  const message = `The network ${host.name} has no free address left: delete a VM, or make a larger network.`;
  throw new PlatformError('quota-exceeded', message, { subject: host.name });
}

async function add(
  { virsh }: Site,
  network: string,
  entry: { readonly mac: string; readonly name: string; readonly ip: string },
  signal: AbortSignal,
): Promise<boolean> {
  const words = ['net-update', network, 'add', 'ip-dhcp-host', element('host', entry), '--config', '--live'];
  try {
    await virsh.run(words, { signal });
    return true;
  } catch (error) {
    if (/existing dhcp host entry/.test(complaintOf(error))) return false;
    throw error;
  }
}

/** Takes back what was reserved under a VM's name on these networks. */
export async function release(
  site: Site,
  vm: VmName,
  networks: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const found = await readHostNetworks(site, networks, signal);
  const commands = [...found.values()].flatMap(({ name, record, reservations }) =>
    record === undefined
      ? []
      : reservations
          .filter((each) => each.name === vm)
          .map(({ mac, address }) => {
            const entry = element('host', { mac, name: vm, ip: address });
            return ['net-update', name, 'delete', 'ip-dhcp-host', entry];
          }),
  );
  for (const command of commands) await takeBack(site, [...command, '--config'], signal);
  // Where the network is off there is nothing live to change.
  await site.virsh.each(
    commands.map((command) => [...command, '--live']),
    { signal },
  );
}

async function takeBack({ virsh }: Site, command: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    await virsh.run(command, { signal });
  } catch (error) {
    // Another process has taken it back at the same moment.
    if (!/couldn't locate a matching|no network with/.test(complaintOf(error))) throw error;
  }
}

/** On a lent network no address is known to make one of. */
function lentMac(vm: VmName, index: number): string {
  const digits = sha256OfText(`${vm} ${index}`).slice(0, 8);
  return `${macPrefix}:${digits.match(/../g)?.join(':') ?? ''}`;
}
