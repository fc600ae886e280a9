import { type NetworkName, type Tag, parseId } from '@trencadis/ids';
import { heldByOther, oldestFirst, readDescription, writeDescription } from '@trencadis/openstack-client';
import type { Network, NetworkSpec } from '@trencadis/vmm';
import type { Cloud } from './cloud.ts';
import { notFound } from './errors.ts';
import { type NeutronGroup, neutronGroup } from './neutron-schemas.ts';
import { oneOfAName } from './one-of-a-name.ts';
import { openPortsOf } from './security-rules.ts';

/**
 * A network of ours is known by its security group: that is made first and removed last, and its description tells the
 * facts. A network that the cloud has already gets nothing else.
 */
export interface NetworkRecord {
  readonly group: NeutronGroup;
  readonly name: NetworkName;
  readonly tag: Tag;
  readonly kind: 'public' | 'private';
  readonly subnet: string;
  readonly providerNetwork?: string;
}

function recordOf(group: NeutronGroup): NetworkRecord | undefined {
  const {
    network = '',
    tag: owner = '',
    kind,
    subnet = '',
    provider,
  } = readDescription(group.description) ?? {};
  const name = parseId('NetworkName', network);
  const tag = parseId('Tag', owner);
  if (name === undefined || tag === undefined) return undefined;
  const lent = provider === undefined ? {} : { providerNetwork: provider };
  return { group, name, tag, kind: kind === 'public' ? 'public' : 'private', subnet, ...lent };
}

async function groups({ neutron }: Cloud, query: Record<string, string>, signal: AbortSignal) {
  const project = await neutron.projectId(signal);
  const call = { path: '/security-groups', key: 'security_groups', item: neutronGroup };
  return neutron.list({ ...call, query: { ...query, project_id: project } }, signal);
}

/** All of the project, the oldest of each name. */
export async function listRecords(cloud: Cloud, signal: AbortSignal): Promise<readonly NetworkRecord[]> {
  const found = oldestFirst(await groups(cloud, {}, signal)).flatMap((group) => recordOf(group) ?? []);
  const byName = new Map(found.toReversed().map((record) => [record.name, record]));
  return [...byName.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

export async function findRecord(
  cloud: Cloud,
  name: NetworkName,
  signal: AbortSignal,
): Promise<NetworkRecord | undefined> {
  const named = oldestFirst(await groups(cloud, { name }, signal));
  return named.map(recordOf).find((record) => record?.name === name);
}

/** Absent: `not-found`. */
export async function getRecord(
  cloud: Cloud,
  name: NetworkName,
  signal: AbortSignal,
): Promise<NetworkRecord> {
  const record = await findRecord(cloud, name, signal);
  if (record === undefined) throw notFound('network', name);
  return record;
}

/** Under this tag, or `conflict`. */
export async function ownRecord(
  cloud: Cloud,
  { name, tag }: Pick<NetworkSpec, 'name' | 'tag'>,
  signal: AbortSignal,
): Promise<NetworkRecord | undefined> {
  const record = await findRecord(cloud, name, signal);
  if (record !== undefined && record.tag !== tag) throw heldByOther('network', name, record.tag);
  return record;
}

export async function makeRecord(
  cloud: Cloud,
  { name, tag, kind, subnet, providerNetwork }: NetworkSpec & { readonly subnet: string },
  signal: AbortSignal,
): Promise<NetworkRecord> {
  const provider = providerNetwork === undefined ? {} : { provider: providerNetwork };
  const description = writeDescription({ tag, network: name, kind, subnet, ...provider });
  const body = { security_group: { name, description } };
  const isOurs = (group: NeutronGroup) => recordOf(group)?.name === name;
  const group = await oneOfAName({
    list: async () => (await groups(cloud, { name }, signal)).filter(isOurs),
    create: () => cloud.neutron.accepted({ method: 'POST', path: '/security-groups', body }, signal),
    remove: ({ id }) => cloud.neutron.remove(`/security-groups/${id}`, signal),
  });
  return recordOf(group) ?? { group, name, tag, kind, subnet };
}

export function networkOf({ group, name, tag, kind, subnet, providerNetwork }: NetworkRecord): Network {
  const openPorts = openPortsOf(group);
  return {
    name,
    tag,
    kind,
    subnet,
    ...(openPorts.length === 0 ? {} : { openPorts }),
    ...(providerNetwork === undefined ? {} : { providerNetwork }),
  };
}
