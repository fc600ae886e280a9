import { type AuditLog, createMemoryAuditLog } from '@trencadis/audit';
import type { Clock } from '@trencadis/clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AccountService, createAccountService } from './service.ts';
import { createMemoryAccountStore } from './store-memory.ts';

const by = { owner: 'operator', requestId: 'r-1' };
const password = 'correct horse battery';
const dayMs = 86_400_000;

let now: Date;
const clock: Clock = { now: () => now, sleep: async () => {} };
let audit: AuditLog;
let holdings: readonly string[];
let service: AccountService;

beforeEach(async () => {
  now = new Date('2026-11-23T12:00:00Z');
  audit = createMemoryAuditLog(clock);
  holdings = [];
  const store = createMemoryAccountStore();
  service = createAccountService({ store, audit, clock, holdingsOf: async () => holdings });
  await service.create(by, { name: 'ana', groups: ['lab'], isAdmin: false, password });
});

const ana = { owner: 'ana', groups: ['lab'], isAdmin: false };
const everything = async () => JSON.stringify(await audit.list({ limit: 1000 }));

describe('a password', () => {
  it('proves the account', async () => {
    expect(await service.verifyPassword('ana', password)).toEqual(ana);
  });

  it('is refused alike when it is wrong, of nobody, or was never set', async () => {
    await service.create(by, { name: 'eva', groups: [], isAdmin: false });
    const errors = [];
    for (const name of ['ana', 'nobody', 'eva'])
      errors.push(
        await service.verifyPassword(name, 'wrong').catch(({ code, message }) => ({ code, message })),
      );
    expect(new Set(errors.map((error) => JSON.stringify(error))).size).toBe(1);
    expect(errors[0]).toMatchObject({ code: 'unauthenticated' });
  });

  it('is not tried after many failures, even the right one', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1)
      await expect(service.verifyPassword('ana', 'wrong')).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(service.verifyPassword('ana', password)).rejects.toThrow('try again in 1 s');
    now = new Date(now.getTime() + 1000);
    expect(await service.verifyPassword('ana', password)).toEqual(ana);
  });

  it('can be changed, and is in no entry of the audit log', async () => {
    await service.setPassword(by, 'ana', 'another long one');
    await expect(service.verifyPassword('ana', password)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await service.verifyPassword('ana', 'another long one')).toEqual(ana);
    expect(await everything()).not.toMatch(/correct horse|another long/);
  });
});

describe('a token', () => {
  const order = { name: 'laptop', expiresInDays: 2 };

  it('proves the account as it is now, and says when it was used', async () => {
    const { text, id } = await service.issueToken(by, 'ana', order);
    expect(text).toMatch(/^trn_[\w-]{43}$/);
    await service.setGroups(by, 'ana', ['ward']);
    expect(await service.authenticate(text)).toEqual({ ...ana, groups: ['ward'] });
    expect(await service.listTokens('ana')).toMatchObject([{ id, name: 'laptop', lastUsedAt: now }]);
    expect(await everything()).not.toContain(text);
  });

  it('expires', async () => {
    const { text } = await service.issueToken(by, 'ana', order);
    now = new Date(now.getTime() + 2 * dayMs - 1);
    expect(await service.authenticate(text)).toEqual(ana);
    now = new Date(now.getTime() + 1);
    await expect(service.authenticate(text)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('can be revoked by its id, of its account only', async () => {
    const { text, id } = await service.issueToken(by, 'ana', order);
    await service.create(by, { name: 'eva', groups: [], isAdmin: false });
    await expect(service.revokeToken(by, 'eva', id)).rejects.toMatchObject({ code: 'not-found' });
    await service.revokeToken(by, 'ana', id);
    await expect(service.authenticate(text)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it.each(['', 'trn_', 'trn_x', 'x'])('is not "%s"', async (text) => {
    await expect(service.authenticate(text)).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

it('a disabled account is shut, and open again when enabled', async () => {
  const { text } = await service.issueToken(by, 'ana', { name: 'x', expiresInDays: 1 });
  expect(await service.disable(by, 'ana')).toMatchObject({ disabledAt: now });
  await expect(service.authenticate(text)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(service.verifyPassword('ana', password)).rejects.toMatchObject({ code: 'forbidden' });
  await service.enable(by, 'ana');
  expect(await service.authenticate(text)).toEqual(ana);
});

it('an account to which things belong stays', async () => {
  holdings = ['infrastructure keys'];
  const removal = service.remove(by, 'ana');
  await expect(removal).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('keys') });
  holdings = [];
  await service.remove(by, 'ana');
  expect(await service.list()).toEqual([]);
});

it.each(['operator', 'platform'])('nobody is called %s', async (name) => {
  const made = service.create(by, { name, groups: [], isAdmin: false });
  await expect(made).rejects.toMatchObject({ code: 'invalid-argument' });
});

it('says that a name is taken, or unknown', async () => {
  const again = service.create(by, { name: 'ana', groups: [], isAdmin: true });
  await expect(again).rejects.toMatchObject({ code: 'already-exists' });
  const acts = [
    () => service.get('eva'),
    () => service.setGroups(by, 'eva', []),
    () => service.setQuota(by, 'eva', {}),
    () => service.disable(by, 'eva'),
    () => service.enable(by, 'eva'),
    () => service.remove(by, 'eva'),
    () => service.setPassword(by, 'eva', password),
    () => service.issueToken(by, 'eva', { name: 'x', expiresInDays: 1 }),
    () => service.revokeToken(by, 'eva', 'x'),
  ];
  for (const act of acts) await expect(act()).rejects.toMatchObject({ code: 'not-found' });
});

it('writes every change down, with its doer and how it ended', async () => {
  await service.setQuota(by, 'ana', { vms: 2 });
  await service.setGroups({ owner: 'eva' }, 'nobody', []).catch(() => undefined);
  await service.verifyPassword('ana', 'wrong').catch(() => undefined);
  await service.verifyPassword('nobody', 'wrong').catch(() => undefined);
  const entries = await audit.list({ limit: 100 });
  expect(entries.map(({ actor, act, subject, outcome }) => [actor, act, subject.id, outcome])).toEqual([
    ['operator', 'account.create', 'ana', 'done'],
    ['operator', 'account.set-quota', 'ana', 'done'],
    ['eva', 'account.set-groups', 'nobody', 'not-found'],
    ['ana', 'account.sign-in', 'ana', 'unauthenticated'],
  ]);
  expect(entries[1]).toMatchObject({ detail: { vms: 2 }, requestId: 'r-1', owner: 'ana' });
});
