import { type AuditLog, createMemoryAuditLog } from '@trencadis/audit';
import type { Clock } from '@trencadis/clock';
import { parseSealingKey } from '@trencadis/sealing';
import type { VmmDriver } from '@trencadis/vmm';
import { createMemoryVmm } from '@trencadis/vmm-memory';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { VmmProduct } from './model.ts';
import { type SiteOrder, type VmmSites, createVmmSites } from './sites.ts';
import { type SiteStore, createMemorySiteStore } from './store.ts';

let now: Date;
const clock: Clock = { now: () => now, sleep: async () => {} };
const sealingKey = parseSealingKey(Buffer.alloc(32, 7).toString('base64url'));

const secret = 'tops3cret';
const order: SiteOrder = { name: 'lab', product: 'remote', endpoint: 'https://one', credentials: { secret } };

let made: { readonly key: string; readonly secret: string }[];
const remote: VmmProduct<{ secret: string }> = {
  name: 'remote',
  needsEndpoint: true,
  load: async () => ({
    credentials: z.strictObject({ secret: z.string().min(3) }),
    create: ({ key }, { secret: given }) => {
      made.push({ key, secret: given });
      return createMemoryVmm({ clock });
    },
  }),
};
const local = createMemoryVmm({ clock });

let store: SiteStore;
let audit: AuditLog;
let users: readonly string[];
let sites: VmmSites;

const newSites = () =>
  createVmmSites({
    store,
    products: [remote],
    fixed: [{ name: 'local', product: 'local', driver: local }],
    sealingKey,
    audit,
    clock,
    usedBy: async () => users,
  });

beforeEach(() => {
  now = new Date(0);
  made = [];
  users = [];
  store = createMemorySiteStore();
  audit = createMemoryAuditLog(clock);
  sites = newSites();
});

const userOf = (owner: string, ...groups: string[]) => ({ owner, groups, isAdmin: false });
const ana = userOf('ana', 'ward');
const eva = userOf('eva', 'ward');
const root = { ...userOf('root'), isAdmin: true };
const offered = async (user: typeof ana) => (await sites.offeredTo(user)).map(({ name, key }) => [name, key]);

describe('whom a cloud is offered to', () => {
  it('is its owner, those it is shared with, and for the platform’s everybody', async () => {
    await sites.put(root, 'platform', { ...order, name: 'big' });
    await sites.put(ana, 'ana', { ...order, groups: ['ward'] });
    expect(await offered(ana)).toEqual([
      ['lab', 'ana~lab'],
      ['local', 'local'],
      ['big', 'big'],
    ]);
    expect(await offered(eva)).toEqual([
      ['ana~lab', 'ana~lab'],
      ['local', 'local'],
      ['big', 'big'],
    ]);
    expect(await offered(userOf('leo'))).toEqual([
      ['local', 'local'],
      ['big', 'big'],
    ]);
  });

  it('of the platform’s with groups is their members; administrators only keep them', async () => {
    await sites.put(root, 'platform', { ...order, name: 'big', groups: ['ward'] });
    expect(await offered(userOf('leo'))).toEqual([['local', 'local']]);
    expect(await offered(ana)).toContainEqual(['big', 'big']);
    expect(await offered(root)).toEqual([['local', 'local']]);
    expect((await sites.list(root)).map(({ key }) => key)).toEqual(['local', 'big']);
  });

  it('gets their own where the platform has one of that name', async () => {
    await sites.put(root, 'platform', order);
    await sites.put(ana, 'ana', order);
    expect(await offered(ana)).toEqual([
      ['lab', 'ana~lab'],
      ['local', 'local'],
    ]);
    expect((await sites.get(ana, 'lab')).key).toBe('ana~lab');
    expect((await sites.get(eva, 'lab')).key).toBe('lab');
    await expect(sites.get(eva, 'ana~lab')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('sees its price', async () => {
    const price = { currency: 'EUR', perCpuHour: 0.02 };
    await sites.put(ana, 'ana', { ...order, price });
    expect((await sites.offeredTo(ana))[0]).toMatchObject({ price });
  });
});

describe('a driver', () => {
  it('is made once, with the credentials as they were given', async () => {
    await sites.put(ana, 'ana', order);
    const drivers = await Promise.all([sites.open('ana~lab'), sites.open('ana~lab')]);
    const [offer] = await sites.offeredTo(ana);
    expect(new Set<VmmDriver>([...drivers, offer!.driver]).size).toBe(1);
    expect(made).toEqual([{ key: 'ana~lab', secret }]);
    expect(await sites.open('local')).toBe(local);
  });

  it('is another one after a change, at once here and within seconds elsewhere', async () => {
    await sites.put(ana, 'ana', order);
    const elsewhere = newSites();
    const old = await elsewhere.open('ana~lab');
    await sites.put(ana, 'ana', { ...order, credentials: { secret: 'another' } });
    expect(await elsewhere.open('ana~lab')).toBe(old);
    now = new Date(3000);
    expect(await elsewhere.open('ana~lab')).not.toBe(old);
    expect(made.at(-1)).toEqual({ key: 'ana~lab', secret: 'another' });
  });

  it('is gone with its cloud', async () => {
    const site = await sites.put(ana, 'ana', order);
    const elsewhere = newSites();
    await elsewhere.open('ana~lab');
    await sites.remove(ana, site);
    const gone = { code: 'not-found', subject: 'ana~lab' };
    await expect(sites.open('ana~lab')).rejects.toMatchObject(gone);
    now = new Date(3000);
    await expect(elsewhere.open('ana~lab')).rejects.toMatchObject(gone);
  });

  it('that is not there is named beside those that are, of the same owner only', async () => {
    await sites.put(ana, 'ana', order);
    await expect(sites.open('ana~x')).rejects.toThrow('ana has: lab.');
    await expect(sites.open('x')).rejects.toThrow('The platform has: local.');
  });
});

describe('a change', () => {
  const refused: Readonly<Record<string, Partial<SiteOrder>>> = {
    'name is wrong': { name: 'a~b' },
    'endpoint is missing': { endpoint: undefined },
    'endpoint holds a password': { endpoint: `https://u:${secret}@one` },
    'credentials are missing': { credentials: undefined },
    'credentials are of another shape': { credentials: { secret: 7 } },
    'credentials have other keys': { credentials: { secret, [secret]: 1 } },
  };
  it.each(Object.entries(refused))('is refused when the %s, and repeats no secret', async (_what, wrong) => {
    const error: unknown = await sites
      .put(ana, 'ana', { ...order, ...wrong })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid-argument' });
    expect(JSON.stringify([error, String(error)])).not.toContain(secret);
    expect(JSON.stringify(await audit.list({ limit: 9 }))).not.toContain(secret);
    expect(await store.list()).toEqual([]);
  });

  it('to a product that is not there says which are', async () => {
    const put = sites.put(ana, 'ana', { ...order, product: 'none' });
    await expect(put).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('remote'),
    });
  });

  it('keeps the stored credentials, but sends them nowhere else', async () => {
    await sites.put(ana, 'ana', order);
    const { credentials: _, ...rest } = order;
    await sites.put(ana, 'ana', { ...rest, groups: ['ward'] });
    await sites.open('ana~lab');
    expect(made.at(-1)).toEqual({ key: 'ana~lab', secret });
    const moved = sites.put(ana, 'ana', { ...rest, endpoint: 'https://two' });
    await expect(moved).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('is a conflict where machines would be lost from sight', async () => {
    const site = await sites.put(ana, 'ana', order);
    users = ['inf-aaaaaaaa'];
    const conflict = { code: 'conflict', message: expect.stringContaining('1 infrastructure') };
    await expect(sites.remove(ana, site)).rejects.toMatchObject(conflict);
    const moved = sites.put(ana, 'ana', { ...order, endpoint: 'https://two' });
    await expect(moved).rejects.toMatchObject(conflict);
    await sites.put(ana, 'ana', { ...order, credentials: { secret: 'fresh' } });
    users = [];
    await sites.remove(ana, site);
    expect(await offered(ana)).toEqual([['local', 'local']]);
  });

  it('of the installation’s own is a conflict', async () => {
    await expect(sites.put(root, 'platform', { ...order, name: 'local' })).rejects.toMatchObject({
      code: 'conflict',
    });
    const removal = sites.remove(root, await sites.get(root, 'local'));
    await expect(removal).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is written down without secrets', async () => {
    await sites.remove(ana, await sites.put({ ...ana, requestId: 'r-1' }, 'ana', order));
    const entries = await audit.list({ limit: 10 });
    expect(entries).toMatchObject([
      {
        act: 'cloud.put',
        actor: 'ana',
        owner: 'ana',
        requestId: 'r-1',
        subject: { kind: 'cloud', id: 'ana~lab' },
      },
      { act: 'cloud.remove', outcome: 'done' },
    ]);
    expect(JSON.stringify(entries)).not.toContain(secret);
  });
});

describe('credentials', () => {
  it('are sealed in the store and in no answer', async () => {
    const put = await sites.put(ana, 'ana', order);
    const shown = [put, await sites.get(ana, 'lab'), ...(await sites.list(ana))];
    expect(JSON.stringify([shown, await store.list()])).not.toContain(secret);
    expect(JSON.stringify(shown)).not.toContain('sealed-v1');
  });

  it('do not open at another endpoint or key', async () => {
    await sites.put(ana, 'ana', order);
    const [stored] = await store.list();
    await store.put({ ...stored!, endpoint: 'https://thief', version: 'x' });
    await store.put({ ...stored!, key: 'eva~lab', owner: 'eva' });
    await expect(newSites().open('ana~lab')).rejects.toMatchObject({ code: 'internal' });
    await expect(newSites().open('eva~lab')).rejects.toMatchObject({ code: 'internal' });
  });

  it('of a call are stored when they are new or have changed', async () => {
    const call = { name: 'lab', product: 'remote', endpoint: 'https://one', credentials: { secret } };
    expect(await sites.ensure('ana', call)).toBe('ana~lab');
    const [first] = await store.list();
    await sites.ensure('ana', call);
    expect((await store.list())[0]).toEqual(first);
    await sites.ensure('ana', { ...call, credentials: { secret: 'rotated' } });
    expect((await store.list())[0]?.version).not.toBe(first?.version);
    expect(await audit.list({ limit: 10 })).toHaveLength(2);
  });

  it('of a call change neither groups nor price', async () => {
    const price = { currency: 'EUR' };
    await sites.put(ana, 'ana', { ...order, groups: ['ward'], price });
    const call = { name: 'lab', product: 'remote', endpoint: 'https://one', credentials: { secret: 'new' } };
    await sites.ensure('ana', call);
    expect(await sites.get(ana, 'lab')).toMatchObject({ groups: ['ward'], price });
  });
});
