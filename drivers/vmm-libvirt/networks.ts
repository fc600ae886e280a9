import { type NetworkName, brandId, sha256OfText } from '@trencadis/ids';
import {
  formatAddress,
  formatMask,
  formatRange,
  gatewayOf,
  machineAddresses,
  parseMask,
  parseRangeAround,
  rangeOf,
} from '@trencadis/ipv4';
import type { Network, OpenPorts } from '@trencadis/vmm';
import { z } from 'zod';
import type { Site } from './site.ts';
import { element, parseXml } from './xml.ts';

/** A network as libvirt has it, ours or not. */
export interface HostNetwork {
  readonly name: string;
  /** Of its own IPv4 address; absent where libvirt gives it none. */
  readonly subnet?: string;
  readonly hasDhcp: boolean;
  readonly reservations: readonly { readonly mac: string; readonly name: string; readonly address: string }[];
  /** What makes it ours. */
  readonly record?: NetworkRecord;
  readonly openPorts: readonly OpenPorts[];
}

interface NetworkRecord {
  readonly tag: Network['tag'];
  readonly kind: Network['kind'];
  readonly providerNetwork?: string;
}

/**
 * libvirt keeps metadata of networks from 9.7.0 on, and Debian 12 has 9.0: what is ours is in TXT records of the
 * network's DNS, which every version keeps with it.
 */
const recordName = 'network.trencadis';
const portPrefix = 'port-';

const networkSchema = z.object({
  network: z.object({
    name: z.string(),
    dns: z
      .union([
        z.literal(''),
        z.object({
          txt: z.array(z.object({ '@name': z.string(), '@value': z.string().default('') })).optional(),
        }),
      ])
      .optional(),
    ip: z
      .array(
        z.object({
          '@family': z.string().optional(),
          '@address': z.string(),
          '@netmask': z.string().optional(),
          '@prefix': z.string().optional(),
          dhcp: z
            .union([
              z.literal(''),
              z.object({
                host: z
                  .array(
                    z.object({
                      '@mac': z.string().default(''),
                      '@name': z.string().default(''),
                      '@ip': z.string(),
                    }),
                  )
                  .optional(),
              }),
            ])
            .optional(),
        }),
      )
      .optional(),
  }),
});

export function readNetwork(document: string): HostNetwork {
  const { network } = parseXml(document, networkSchema);
  const txt = typeof network.dns === 'object' ? (network.dns.txt ?? []) : [];
  const values = new Map(txt.map((each) => [each['@name'], each['@value']]));
  const ip = (network.ip ?? []).find((each) => each['@family'] !== 'ipv6');
  const dhcp = typeof ip?.dhcp === 'object' ? (ip.dhcp.host ?? []) : [];
  const record = readRecord(values.get(recordName));
  return {
    name: network.name,
    ...(ip === undefined ? {} : subnetOf(ip)),
    hasDhcp: ip?.dhcp !== undefined,
    reservations: dhcp.map((each) => ({ mac: each['@mac'], name: each['@name'], address: each['@ip'] })),
    ...(record === undefined ? {} : { record }),
    openPorts: txt.flatMap((each) => (each['@name'].startsWith(portPrefix) ? readPorts(each['@value']) : [])),
  };
}

function subnetOf(ip: {
  readonly '@address': string;
  '@netmask'?: string | undefined;
  '@prefix'?: string | undefined;
}): Pick<HostNetwork, 'subnet'> {
  const length = ip['@prefix'] ?? (ip['@netmask'] === undefined ? 24 : parseMask(ip['@netmask']));
  const range = parseRangeAround(`${ip['@address']}/${length}`);
  return range === undefined ? {} : { subnet: formatRange(range) };
}

function readRecord(text: string | undefined): NetworkRecord | undefined {
  const [, tag = '', kind = '', providerNetwork] =
    /^v1 (\S+) (public|private)(?: (\S+))?$/.exec(text ?? '') ?? [];
  if (kind !== 'public' && kind !== 'private') return undefined;
  return { tag: brandId('Tag', tag), kind, ...(providerNetwork === undefined ? {} : { providerNetwork }) };
}

function readPorts(text: string): readonly OpenPorts[] {
  const match = /^(tcp|udp|icmp) (\d+) (\d+)(?: (\S+))?$/.exec(text);
  if (match === null) return [];
  const [, protocol, from, to, source] = match;
  const range = { protocol: protocol as OpenPorts['protocol'], from: Number(from), to: Number(to) };
  return [{ ...range, ...(source === undefined ? {} : { source }) }];
}

/** The TXT record that holds one range of ports; the same range has the same name. */
export function portRecord({ protocol, from, to, source }: OpenPorts): string {
  const value = [protocol, from, to, source ?? []].flat().join(' ');
  return element('txt', { name: `${portPrefix}${sha256OfText(value).slice(0, 16)}.trencadis`, value });
}

export interface NetworkPlan {
  readonly name: NetworkName;
  readonly record: NetworkRecord;
  /** Absent for a lent network, whose document is a note that is never started. */
  readonly subnet?: string;
  readonly openPorts: readonly OpenPorts[];
}

/** https://libvirt.org/formatnetwork.html. A `private` network has no way out; the host is on both kinds. */
export function networkXml({ name, record, subnet, openPorts }: NetworkPlan): string {
  const { tag, kind, providerNetwork } = record;
  const value = ['v1', tag, kind, providerNetwork ?? []].flat().join(' ');
  const isPublic = kind === 'public' && providerNetwork === undefined;
  return element('network', {}, [
    element('name', {}, name),
    ...(isPublic ? [element('forward', { mode: 'nat' })] : []),
    element('dns', {}, [element('txt', { name: recordName, value }), ...openPorts.map(portRecord)]),
    ...(subnet === undefined ? [] : [ipXml(subnet)]),
  ]);
}

function ipXml(subnet: string): string {
  const range = rangeOf(subnet);
  const { first, last } = machineAddresses(range);
  return element(
    'ip',
    { address: gatewayOf(range), netmask: formatMask(range.length) },
    element('dhcp', {}, element('range', { start: formatAddress(first), end: formatAddress(last) })),
  );
}

/** All networks of the host: two calls. */
export async function listHostNetworks(site: Site, signal: AbortSignal): Promise<readonly HostNetwork[]> {
  const text = await site.virsh.read(['net-list', '--all', '--name'], signal);
  const names = text.split('\n').flatMap((line) => line.trim() || []);
  return [...(await readHostNetworks(site, names, signal)).values()];
}

/** Those of these names that are there. */
export async function readHostNetworks(
  site: Site,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, HostNetwork>> {
  const commands = names.map((name) => ['net-dumpxml', '--inactive', name]);
  const documents = await site.virsh.each(commands, { signal, isInterruptible: true });
  return new Map(
    documents.flatMap((document) => {
      if (document === '') return [];
      const network = readNetwork(document);
      return [[network.name, network] as const];
    }),
  );
}
