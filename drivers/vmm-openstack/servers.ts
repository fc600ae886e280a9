import type { Tag, VmName } from '@trencadis/ids';
import { PlatformError } from '@trencadis/errors';
import { pollUntil } from '@trencadis/clock';
import { heldByOther, oldestFirst } from '@trencadis/openstack-client';
import { z } from 'zod';
import type { Cloud } from './cloud.ts';
import { notFound } from './errors.ts';
import { serverTag } from './server-tag.ts';
import { type ServerRecord, readRecord } from './server-record.ts';

/** https://docs.openstack.org/api-ref/compute/#servers-servers , microversion 2.61 */
const serverSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.string(),
    created: z.string(),
    flavor: z.object({ vcpus: z.number(), ram: z.number(), original_name: z.string() }),
    metadata: z.record(z.string(), z.string()),
    addresses: z
      .record(
        z.string(),
        z.array(
          z.object({
            addr: z.string(),
            'OS-EXT-IPS:type': z.string().optional(),
            'OS-EXT-IPS-MAC:mac_addr': z.string().optional(),
          }),
        ),
      )
      .default({}),
    fault: z.object({ message: z.string() }).optional(),
    'OS-EXT-STS:task_state': z.string().nullish(),
    'OS-EXT-STS:power_state': z.number().nullish(),
    'OS-EXT-AZ:availability_zone': z.string().nullish(),
    'os-extended-volumes:volumes_attached': z.array(z.object({ id: z.string() })).default([]),
  })
  .transform((server) => ({
    id: server.id,
    name: server.name,
    status: server.status,
    created_at: server.created,
    flavor: server.flavor,
    metadata: server.metadata,
    fault: server.fault?.message ?? '',
    task: server['OS-EXT-STS:task_state'] ?? undefined,
    isPoweredOn: server['OS-EXT-STS:power_state'] === 1,
    zone: server['OS-EXT-AZ:availability_zone'] ?? undefined,
    volumeIds: server['os-extended-volumes:volumes_attached'].map(({ id }) => id),
    addresses: Object.values(server.addresses)
      .flat()
      .map((each) => ({
        address: each.addr,
        isFloating: each['OS-EXT-IPS:type'] === 'floating',
        port: each['OS-EXT-IPS-MAC:mac_addr'],
      })),
  }));

export type Server = z.output<typeof serverSchema>;

export interface OwnServer {
  readonly server: Server;
  readonly record: ServerRecord;
}

/** Between two looks at a server that is changing. */
const pollMs = 400;

/** All that are ours and carry that tag: one request for each thousand. */
export async function listServers(
  { nova }: Cloud,
  tag: Tag,
  signal: AbortSignal,
): Promise<readonly OwnServer[]> {
  const query = { tags: serverTag(tag) };
  const call = { path: '/servers/detail', key: 'servers', query, item: serverSchema };
  const servers = await nova.list(call, signal);
  return onePerName(servers.filter((server) => server.metadata['trencadis_tag'] === tag));
}

/** Two of a name are there for a moment when two processes have made it at once: the oldest counts. */
function onePerName(servers: readonly Server[]): readonly OwnServer[] {
  const seen = new Map<string, OwnServer>();
  for (const server of oldestFirst(servers)) {
    const record = readRecord(server.metadata);
    if (record !== undefined && !seen.has(record.name)) seen.set(record.name, { server, record });
  }
  return [...seen.values()];
}

/** All servers of that name, whoever made them. */
export async function serversOfName(
  { nova }: Cloud,
  name: VmName,
  signal: AbortSignal,
): Promise<readonly Server[]> {
  const query = { name: `^${name}$` };
  const call = { path: '/servers/detail', key: 'servers', query, item: serverSchema };
  const servers = await nova.list(call, signal);
  return servers.filter((server) => server.name === name);
}

export async function findServer(
  cloud: Cloud,
  name: VmName,
  signal: AbortSignal,
): Promise<OwnServer | undefined> {
  const servers = await serversOfName(cloud, name, signal);
  return onePerName(servers).find(({ record }) => record.name === name);
}

/** As {@link findServer}; absent: `not-found`. */
export async function getServer(cloud: Cloud, name: VmName, signal: AbortSignal): Promise<OwnServer> {
  const found = await findServer(cloud, name, signal);
  if (found === undefined) throw notFound('VM', name);
  return found;
}

/** The server of a VM that is to be made: ours, none, or `conflict` where another holds the name. */
export async function ownServerOf(
  cloud: Cloud,
  { name, tag }: { readonly name: VmName; readonly tag: Tag },
  signal: AbortSignal,
): Promise<OwnServer | undefined> {
  const servers = await serversOfName(cloud, name, signal);
  const [own] = onePerName(servers);
  if (own === undefined && servers.length > 0) throw heldByOther('VM', name, undefined);
  if (own !== undefined && own.record.tag !== tag) throw heldByOther('VM', name, own.record.tag);
  return own;
}

export interface Awaited {
  readonly id: string;
  readonly name: VmName;
  /** What is waited for: `runs`. */
  readonly what: string;
  readonly until: (server: Server) => boolean;
  /** Default 15 minutes. */
  readonly deadlineMs?: number;
}

/** The server as soon as it is so. Gone meanwhile: `not-found`. Not in time: `unavailable`. */
export async function awaitServer(cloud: Cloud, awaited: Awaited, signal: AbortSignal): Promise<Server> {
  const { id, name, what, until, deadlineMs = 15 * 60_000 } = awaited;
  const schema = z.object({ server: serverSchema });
  const probe = async () => {
    const answer = await cloud.nova.find({ path: `/servers/${id}` }, schema, signal);
    if (answer === undefined) throw notFound('VM', name);
    return until(answer.server) ? answer.server : undefined;
  };
  const found = await pollUntil(probe, { clock: cloud.clock, everyMs: pollMs, deadlineMs, signal });
  if (found !== undefined) return found;
  const text = `The VM ${name} was asked to and Nova does not say that it ${what} after ${deadlineMs / 60_000} minutes: look at it there.`;
  throw new PlatformError('unavailable', text, { subject: name });
}

/** Nothing goes on with it, so that Nova takes an order. */
export function settled(
  cloud: Cloud,
  { id, name }: Pick<Server, 'id'> & { name: VmName },
  signal: AbortSignal,
) {
  const until = ({ task, status }: Server) => task === undefined && status !== 'BUILD';
  return awaitServer(cloud, { id, name, what: 'is at rest', until }, signal);
}

export async function act({ nova }: Cloud, id: string, action: object, signal: AbortSignal): Promise<void> {
  await nova.accepted({ method: 'POST', path: `/servers/${id}/action`, body: action }, signal);
}
