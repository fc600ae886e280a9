import { createMemoryAuditLog } from '@trencadis/audit';
import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { parseSealingKey } from '@trencadis/sealing';
import { createMemoryVmm } from '@trencadis/vmm-memory';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { VmmProduct } from './model.ts';
import { type SiteOrder, type VmmSites, createVmmSites } from './sites.ts';
import { type SiteStore, createMemorySiteStore } from './store.ts';

const clock: Clock = { now: () => new Date(0), sleep: async () => {} };
const signal = AbortSignal.timeout(60_000);

const remote: VmmProduct<{ secret: string }> = {
  name: 'remote',
  needsEndpoint: true,
  isOnThisHost: (endpoint) => endpoint === 'here:',
  whereToFind: { secret: 'the wallet shows it' },
  load: async () => ({
    credentials: z.strictObject({ secret: z.string().min(3) }),
    create: ({ endpoint }) => {
      if (endpoint === 'https://bad')
        throw new PlatformError('invalid-argument', 'The endpoint cannot be used.');
      return createMemoryVmm({ clock });
    },
    regionOf: () => 'North',
  }),
};
const credentials = { secret: 'tops3cret' };
const order: SiteOrder = { name: 'lab', product: 'remote', endpoint: 'https://one', credentials };
const ana = { owner: 'ana', groups: ['ward'], isAdmin: false };
const eva = { owner: 'eva', groups: ['ward'], isAdmin: false };
const local = createMemoryVmm({ clock });

let store: SiteStore;
let sites: VmmSites;
beforeEach(() => {
  store = createMemorySiteStore();
  sites = createVmmSites({
    store,
    products: [remote],
    fixed: [{ name: 'local', product: 'local', driver: local }],
    sealingKey: parseSealingKey(Buffer.alloc(32, 7).toString('base64url')),
    audit: createMemoryAuditLog(clock),
    clock,
    usedBy: async () => [],
  });
});

describe('what a change would do', () => {
  it('is told before it is done, and nothing is done', async () => {
    expect(await sites.judge('ana', order)).toMatchObject({ change: 'added', site: { key: 'ana~lab' } });
    expect(await store.list()).toEqual([]);
    await sites.put(ana, 'ana', order);
    const { credentials: _, ...rest } = order;
    const changes = [
      order,
      rest,
      { ...order, credentials: { secret: 'other' } },
      { ...order, groups: ['ward'] },
      { ...order, endpoint: 'https://two' },
    ];
    const told = await Promise.all(changes.map(async (each) => (await sites.judge('ana', each)).change));
    expect(told).toEqual(['unchanged', 'unchanged', 'changed', 'changed', 'changed']);
    expect((await store.list())[0]).toMatchObject({ endpoint: 'https://one' });
  });

  it('is refused as the change itself', async () => {
    const wrong = { code: 'invalid-argument' };
    await expect(sites.judge('ana', { ...order, credentials: {} })).rejects.toMatchObject(wrong);
    await expect(sites.judge('ana', { ...order, endpoint: undefined })).rejects.toMatchObject(wrong);
    await expect(sites.judge('ana', { ...order, endpoint: 'https://bad' })).rejects.toMatchObject(wrong);
  });
});

describe('a cloud on the platform’s own host', () => {
  const here = { ...order, endpoint: 'here:' };

  it('is the platform’s only', async () => {
    const refused = { code: 'forbidden', message: expect.stringContaining('--platform') };
    await expect(sites.judge('ana', here)).rejects.toMatchObject(refused);
    await expect(sites.put(ana, 'ana', here)).rejects.toMatchObject(refused);
    const call = { name: 'lab', product: 'remote', endpoint: 'here:', credentials };
    await expect(sites.ensure('ana', call)).rejects.toMatchObject(refused);
    await sites.put(ana, 'platform', here);
    expect((await store.list()).map(({ key }) => key)).toEqual(['lab']);
  });
});

describe('credentials that lack something', () => {
  const messageFor = (lacking: unknown) =>
    sites.put(ana, 'ana', { ...order, credentials: lacking }).then(
      () => '',
      (error: unknown) => String(error),
    );

  it('are told the key and where its value is found', async () => {
    expect(await messageFor({})).toContain('secret: is missing, the wallet shows it');
    expect(await messageFor({ secret: 'x' })).toContain('the wallet shows it');
  });
});

describe('an offer', () => {
  it('says by what images name its place, and whose it is', async () => {
    await sites.put(ana, 'ana', { ...order, endpoint: 'https://One.example.org:5000/v3', groups: ['ward'] });
    const [own] = await sites.offeredTo(ana);
    expect(own).toMatchObject({ places: ['ana~lab', 'one.example.org', 'north'], isOwn: true });
    const [shared, fixed] = await sites.offeredTo(eva);
    expect([shared?.isOwn, fixed?.isOwn]).toEqual([false, false]);
    expect(fixed?.places).toEqual(['local']);
  });
});

describe('a test of a cloud', () => {
  it('tells each right', async () => {
    const checks = await sites.test('local', signal);
    expect(checks.map(({ holds }) => holds)).not.toContain(false);
    expect(checks).toEqual(await local.checkRights(signal));
  });

  it.each([
    ['unauthenticated', 'log in'],
    ['unavailable', 'get an answer'],
  ] as const)('that meets %s is answered with the right that is lacking', async (code, right) => {
    local.world.failNext('checkRights', code);
    expect(await sites.test('local', signal)).toMatchObject([{ right, holds: false }]);
  });

  it('passes a bug on', async () => {
    local.world.failNext('checkRights', 'internal');
    await expect(sites.test('local', signal)).rejects.toBeInstanceOf(PlatformError);
  });

  it('answers quota and capabilities too', async () => {
    expect(await sites.quota('local', signal)).toEqual(await local.quota(signal));
    expect(await sites.capabilities('local')).toEqual(local.capabilities);
  });
});
