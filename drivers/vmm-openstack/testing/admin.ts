import { isPlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { ImageReference } from '@trencadis/vmm';
import { pollUntil, systemClock } from '@trencadis/clock';
import type { Service } from '@trencadis/openstack-client';
import { z } from 'zod';
import { type Cloud, openCloud } from '../cloud.ts';
import type { OpenstackCredentials } from '../credentials.ts';
import { imageDigest, imageSchema } from '../glance-images.ts';

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
  /** Throws what is left. */
  expectNothingLeft(): Promise<void>;
  removeServer(name: VmName): Promise<void>;
  /** Of one project, at one service; others stay. */
  setQuota(
    service: 'nova' | 'neutron' | 'cinder',
    project: string,
    quota: Record<string, number>,
  ): Promise<void>;
  /** That user makes one for its project. */
  applicationCredential(
    user: string,
    credentials: OpenstackCredentials,
    name: string,
  ): Promise<ApplicationCredential>;
  removeVolume(id: string): Promise<void>;
  /** Ends every token of a user, and returns when Cinder refuses them. */
  revokeTokens(credentials: OpenstackCredentials): Promise<void>;
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
const seededByName = /^(security_groups default|networks (outside|campus)|images debian-12)$/;

export interface ApplicationCredential {
  readonly id: string;
  readonly secret: string;
  readonly remove: () => Promise<void>;
}

export async function openAdmin(endpoint: string): Promise<Admin> {
  const administrator = { username: 'admin', password: 'admin', projectName: 'admin' };
  const cloud = openCloud({ endpoint, credentials: administrator, clock: systemClock });
  const seeded = new Set((await settledEverything(cloud)).map(({ id }) => id));
  const leftovers = async () => {
    const found = await everything(cloud);
    return found
      .filter(({ id, label }) => !seeded.has(id) && !seededByName.test(label))
      .map(({ label }) => label);
  };
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
    leftovers,
    expectNothingLeft: async () => {
      const left = await leftovers();
      if (left.length > 0) throw new Error(`left at the cloud: ${left.join(', ')}`);
    },
    removeServer: (name) => removeServer(cloud, name),
    setQuota: (service, project, quota) => setQuota(cloud, { service, project, quota }),
    applicationCredential: async (user, credentials, name) => {
      const own = openCloud({ endpoint, credentials, clock: systemClock });
      return identity(own).applicationCredential(await identity(cloud).idOf('users', user), name);
    },
    removeVolume: (id) => removeVolume(cloud, id),
    revokeTokens: async (credentials) => {
      const own = openCloud({ endpoint, credentials, clock: systemClock });
      const { id: token } = await own.session.token(signal);
      const witness = openCloud({ endpoint, credentials: { token }, clock: systemClock });
      await isTaken(witness.cinder);
      await identity(cloud).revoke(credentials.username ?? '');
      await untilRefused(witness.cinder);
    },
  };
}

/** Services that have just started fail some of the first requests. */
async function settledEverything(cloud: Cloud) {
  const attempt = async () => {
    try {
      return await everything(cloud);
    } catch (error) {
      if (isPlatformError(error, 'unavailable')) return undefined;
      throw error;
    }
  };
  const found = await pollUntil(attempt, { clock: systemClock, everyMs: 1000, deadlineMs: 120_000 });
  return found ?? everything(cloud);
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
  await pollUntil(isGone, { clock: systemClock, everyMs: 100, deadlineMs: 60_000 });
}

/** It remembers for some seconds what Keystone has said of a token. */
async function untilRefused(service: Service): Promise<void> {
  const isRefused = async () => ((await isTaken(service)) ? undefined : true);
  const refused = await pollUntil(isRefused, { clock: systemClock, everyMs: 500, deadlineMs: 90_000 });
  if (refused === undefined) throw new Error('a service goes on taking a token that was revoked');
}

/** Whether a service takes this account's token. */
async function isTaken(service: Service): Promise<boolean> {
  try {
    return (await service.answer({ path: '/volumes', query: { limit: '1' } }, signal)).status < 400;
  } catch (error) {
    if (isPlatformError(error, 'unauthenticated')) return false;
    throw error;
  }
}

async function removeVolume({ cinder }: Cloud, id: string): Promise<void> {
  const path = `/volumes/${id}`;
  await cinder.accepted({ method: 'POST', path: `${path}/action`, body: { 'os-force_delete': {} } }, signal);
  const isGone = async () => ((await cinder.answer({ path }, signal)).status === 404 ? true : undefined);
  await pollUntil(isGone, { clock: systemClock, everyMs: 100, deadlineMs: 60_000 });
}

interface Quota {
  readonly service: 'nova' | 'neutron' | 'cinder';
  readonly project: string;
  readonly quota: Record<string, number>;
}

async function setQuota(cloud: Cloud, { service, project, quota }: Quota): Promise<void> {
  const id = await identity(cloud).idOf('projects', project);
  const isNeutron = service === 'neutron';
  const path = isNeutron ? `/quotas/${id}` : `/os-quota-sets/${id}`;
  const body = isNeutron ? { quota } : { quota_set: quota };
  await cloud[service].accepted({ method: 'PUT', path, body }, signal);
}

function identity(cloud: Cloud) {
  const keystone = cloud.service({ name: 'Keystone', types: ['identity'] });
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
    applicationCredential: async (userId: string, name: string): Promise<ApplicationCredential> => {
      const path = `/users/${userId}/application_credentials`;
      const schema = z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) });
      const body = { application_credential: { name } };
      const { application_credential: made } = await keystone.call(
        { method: 'POST', path, body },
        schema,
        signal,
      );
      return { ...made, remove: () => keystone.remove(`${path}/${made.id}`, signal) };
    },
    /** Disabled and enabled again: Keystone forgets all tokens of a user whom it disables. */
    revoke: async (name: string) => {
      const path = `/users/${await idOf('users', name)}`;
      for (const enabled of [false, true]) {
        await keystone.accepted({ method: 'PATCH', path, body: { user: { enabled } } }, signal);
      }
    },
  };
}
