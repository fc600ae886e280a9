import { createHash } from 'node:crypto';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDelivery } from '@trencadis/app-platform-api/start-delivery';
import type { Clock } from '@trencadis/clock';
import {
  type Component,
  type ComponentRepository,
  type DeliveryParts,
  createDeliveryGrants,
  deliveryApi,
  openComponentRepository,
} from '@trencadis/component-repository';
import { createClient } from '@trencadis/http';
import { brandId, sha256OfText } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const key = Buffer.alloc(32, 7);
const vmName = brandId('VmName', 'gt4');
/** Larger than what passes at once. */
const content = Buffer.alloc(300_000, 'component ');

let now = new Date('2026-11-23T12:00:00Z');
const clock: Clock = { now: () => now, sleep: async () => {} };
let folder: string;
let repository: ComponentRepository;
let granted: Component;
let other: Component;
let delivery: DeliveryParts;
const stop = new AbortController();

beforeAll(async () => {
  now = new Date();
  folder = await mkdtemp(join(tmpdir(), 'trencadis-delivery-'));
  repository = openComponentRepository({ directory: folder });
  const file = { version: '1', description: '' };
  granted = await repository.add({ ...file, fileName: 'granted.conf', content });
  other = await repository.add({ ...file, fileName: 'other.conf', content: Buffer.from('other') });
  const log = createLog({ name: 'delivery', level: 'silent' });
  const at = { host: '127.0.0.1', port: 0, address: '127.0.0.1' };
  delivery = await startDelivery(at, { repository, key, clock, log, signal: stop.signal });
});
afterAll(async () => {
  stop.abort();
  await rm(folder, { recursive: true });
});

const machine = (token: string, authorityPem = delivery.authorityPem) =>
  createClient(deliveryApi, { baseUrl: delivery.baseUrl, authorityPem, token });
const grantOf = async (component: Pick<Component, 'digest'>) =>
  (await delivery.grants.issue({ vmName, digest: component.digest })).token;

async function sha256Of(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest('hex');
}

describe('a machine with a grant', () => {
  it('fetches its file over HTTPS and finds its digest', async () => {
    await using client = machine(await grantOf(granted));
    const { sizeBytes, bytes } = await client.fetchGranted({ params: granted });
    expect(sizeBytes).toBe(content.length);
    expect(await sha256Of(bytes)).toBe(granted.digest);
  });

  it('goes on where it was cut off', async () => {
    await using client = machine(await grantOf(granted));
    const rest = await client.fetchGranted({ params: granted, range: { start: 100_000 } });
    expect(rest.sizeBytes).toBe(200_000);
    expect(await sha256Of(rest.bytes)).toBe(sha256OfText(content.subarray(100_000).toString()));
  });

  it.each(['other', 'never added'])('gets no %s file', async (which) => {
    const digest = which === 'other' ? other.digest : sha256OfText('never added');
    await using client = machine(await grantOf(granted));
    await expect(client.fetchGranted({ params: { digest } })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('gets nothing when the file is gone since, or cut short', async () => {
    const add = (text: string) =>
      repository.add({
        fileName: `${text}.conf`,
        version: '1',
        description: '',
        content: Buffer.from(text),
      });
    const gone = await add('gone');
    await repository.remove(gone);
    await using late = machine(await grantOf(gone));
    await expect(late.fetchGranted({ params: gone })).rejects.toMatchObject({ code: 'not-found' });
    const short = await add('short');
    await truncate(join(folder, 'blobs', short.digest), 2);
    await using client = machine(await grantOf(short));
    await expect(client.fetchGranted({ params: short })).rejects.toMatchObject({ code: 'internal' });
  });

  it('gets nothing after five minutes', async () => {
    await using client = machine(await grantOf(granted));
    const issued = now;
    now = new Date(issued.getTime() + 299_000);
    expect((await client.fetchGranted({ params: granted })).sizeBytes).toBe(content.length);
    now = new Date(issued.getTime() + 301_000);
    const late = client.fetchGranted({ params: granted });
    await expect(late).rejects.toMatchObject({ code: 'unauthenticated' });
    now = issued;
  });

  it('trusts no other authority than the one that came with the grant', async () => {
    const { authorityPem } = await startDelivery(
      { host: '127.0.0.1', port: 0, address: '127.0.0.1' },
      { repository, key, clock, log: createLog({ name: 'other', level: 'silent' }), signal: stop.signal },
    );
    await using client = machine(await grantOf(granted), authorityPem);
    await expect(client.fetchGranted({ params: granted })).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('the listener of machines', () => {
  const forged: Readonly<Record<string, () => Promise<string> | string>> = {
    'signed with another key': async () => {
      const strangers = createDeliveryGrants({ key: Buffer.alloc(32, 8), clock });
      return (await strangers.issue({ vmName, digest: granted.digest })).token;
    },
    'changed to another file': async () => {
      const [head, , tail] = (await grantOf(granted)).split('.');
      const [, body] = (await grantOf(other)).split('.');
      return [head, body, tail].join('.');
    },
    'that is no token': () => 'token-of-the-operator',
  };

  it.each(Object.entries(forged))('refuses a grant %s', async (_what, token) => {
    await using client = machine(await token());
    await expect(client.fetchGranted({ params: granted })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('refuses whoever has no grant, and serves nothing else', async () => {
    await using client = createClient(deliveryApi, delivery);
    await expect(client.fetchGranted({ params: granted })).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(Object.values(deliveryApi).every(({ access }) => typeof access !== 'string')).toBe(true);
  });
});

it.each(['0.0.0.0', '::', 'localhost'])(
  'does not start as %s, where no machine can reach it',
  async (address) => {
    const parts = {
      repository,
      key,
      clock,
      log: createLog({ name: 'x', level: 'silent' }),
      signal: stop.signal,
    };
    const started = startDelivery({ host: '127.0.0.1', port: 0, address }, parts);
    await expect(started).rejects.toMatchObject({ code: 'invalid-argument', subject: 'DELIVERY_ADDRESS' });
  },
);
