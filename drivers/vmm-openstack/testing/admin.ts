import type { VmName } from '@trencadis/ids';
import type { ImageReference } from '@trencadis/vmm';
import { pollUntil, systemClock } from '@trencadis/clock';
import { z } from 'zod';
import { type Cloud, openCloud } from '../cloud.ts';
import { imageDigest, imageSchema } from '../glance-images.ts';
import { Service } from '../service.ts';
import { Transport } from '../transport.ts';

const signal = new AbortController().signal;
const thing = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  description: z.string().nullish(),
});

/** The cloud's administrator: what tests do and look up past the driver. */
export interface Admin {
  readonly cloud: Cloud;
  image(): Promise<ImageReference>;
  leftovers(): Promise<readonly string[]>;
  removeServer(name: VmName): Promise<void>;
  projectId(name: string): Promise<string>;
  /** Ends every token of a user at once. */
  revokeTokens(userName: string): Promise<void>;
}

/** Of every project: path, key of the list, query. */
const kinds = {
  nova: [
    ['/servers/detail', 'servers', { all_tenants: '1' }],
    ['/os-keypairs', 'keypairs'],
  ],
  neutron: ['networks', 'subnets', 'routers', 'ports', 'floatingips', 'security-groups'].map(
    (path) => [`/${path}`, path.replaceAll('-', '_')] as const,
  ),
  glance: [['/images', 'images']],
  cinder: [
    ['/volumes/detail', 'volumes', { all_tenants: '1' }],
    ['/snapshots/detail', 'snapshots', { all_tenants: '1' }],
  ],
} as const;

/** What the cloud has by itself: what it was seeded with, and what services make unasked. */
const own = /^(security_groups default|networks (outside|campus)|images debian-12)$/;

export async function openAdmin(endpoint: string): Promise<Admin> {
  const credentials = { username: 'admin', password: 'admin', projectName: 'admin' };
  const cloud = openCloud({ endpoint, credentials, clock: systemClock });
  const seeded = new Set((await everything(cloud)).map(({ id }) => id));
  return {
    cloud,
    image: async () => {
      const [image] = await cloud.glance.list(
        { path: '/images', key: 'images', query: { name: 'debian-12' }, item: imageSchema },
        signal,
      );
      if (image === undefined) throw new Error('the image debian-12 is not in Glance');
      return { location: image.id, digest: imageDigest(image) };
    },
    leftovers: async () =>
      (await everything(cloud))
        .filter(({ id, label }) => !seeded.has(id) && !own.test(label))
        .map(({ label }) => label),
    removeServer: (name) => removeServer(cloud, name),
    projectId: (name) => identity(cloud).idOf('projects', name),
    revokeTokens: (name) => identity(cloud).revoke(name),
  };
}

async function everything(cloud: Cloud): Promise<readonly { id: string; label: string }[]> {
  const lists = Object.entries(kinds).flatMap(([service, each]) =>
    each.map(([path, key, query]) =>
      listed(cloud[service as keyof typeof kinds], { path, key, query: query ?? {} }),
    ),
  );
  return (await Promise.all(lists)).flat();
}

async function listed(service: Service, call: { path: string; key: string; query: Record<string, string> }) {
  const items = await service.list({ ...call, item: call.key === 'keypairs' ? keyPair : thing }, signal);
  return items.map(({ id, name, description }) => ({
    id,
    label: `${call.key} ${name === undefined || name === null || name === '' ? (description ?? id) : name}`,
  }));
}

const keyPair = z
  .object({ keypair: z.object({ name: z.string() }) })
  .transform(({ keypair: { name } }) => ({ id: name, name, description: undefined }));

async function removeServer({ nova }: Cloud, name: VmName): Promise<void> {
  const query = { all_tenants: '1', name: `^${name}$` };
  const find = () => nova.list({ path: '/servers', key: 'servers', query, item: thing }, signal);
  for (const { id } of await find()) await nova.remove(`/servers/${id}`, signal);
  const isGone = async () => ((await find()).length === 0 ? true : undefined);
  await pollUntil(isGone, { clock: systemClock, everyMs: 100, deadlineMs: 30_000 });
}

function identity(cloud: Cloud) {
  const kind = { name: 'Keystone', types: ['identity'] };
  const keystone = new Service(kind, cloud.session, new Transport({ clock: systemClock }));
  const idOf = async (path: 'projects' | 'users', name: string) => {
    const [found] = await keystone.list(
      { path: `/${path}`, key: path, query: { name }, item: thing },
      signal,
    );
    if (found === undefined) throw new Error(`Keystone has no ${name} among its ${path}`);
    return found.id;
  };
  return {
    idOf,
    /** Disabled and enabled again: Keystone forgets all tokens of a user whom it disables. */
    revoke: async (name: string) => {
      const path = `/users/${await idOf('users', name)}`;
      for (const enabled of [false, true]) {
        await keystone.accepted({ method: 'PATCH', path, body: { user: { enabled } } }, signal);
      }
    },
  };
}
