import { sha256OfText } from '@trencadis/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccessToken, Account } from './model.ts';
import type { AccountStore } from './store.ts';

export interface AccountStoreHarness extends AsyncDisposable {
  /** Empty. */
  readonly store: AccountStore;
}

/** What every {@link AccountStore} must do. */
export function describeAccountStore(name: string, makeHarness: () => Promise<AccountStoreHarness>): void {
  describe(`account store: ${name}`, () => {
    let harness: AccountStoreHarness;
    let store: AccountStore;
    beforeEach(async () => {
      harness = await makeHarness();
      store = harness.store;
    });
    afterEach(() => harness[Symbol.asyncDispose]());

    it('gives back all that was inserted, by name', async () => {
      const full = exampleAccount('eva', { quota: { vms: 3 }, disabledAt: new Date(5000), isAdmin: true });
      expect(await store.insert(full, 'hash')).toBe(true);
      expect(await store.insert(exampleAccount('ana'), undefined)).toBe(true);
      expect(await store.list()).toEqual([exampleAccount('ana'), full]);
      expect(await store.find('eva')).toEqual(full);
      expect(await store.find('nobody')).toBeUndefined();
      expect(await store.findPasswordHash('eva')).toBe('hash');
      expect(await store.findPasswordHash('ana')).toBeUndefined();
    });

    it('keeps the first of two accounts of one name', async () => {
      await store.insert(exampleAccount('ana'), 'first');
      expect(await store.insert(exampleAccount('ana', { isAdmin: true }), 'second')).toBe(false);
      expect(await store.find('ana')).toEqual(exampleAccount('ana'));
      expect(await store.findPasswordHash('ana')).toBe('first');
    });

    it('changes what it is told to, and nothing else', async () => {
      await store.insert(exampleAccount('ana', { quota: { vms: 1 } }), 'hash');
      const disabledAt = new Date(7000);
      expect(await store.update('ana', { disabledAt })).toEqual(
        exampleAccount('ana', { quota: { vms: 1 }, disabledAt }),
      );
      expect(await store.update('ana', { groups: [], quota: null, disabledAt: null })).toEqual(
        exampleAccount('ana', { groups: [] }),
      );
      await store.update('ana', { passwordHash: 'other', quota: { cpuCount: 8 } });
      expect(await store.findPasswordHash('ana')).toBe('other');
      expect(await store.find('ana')).toEqual(exampleAccount('ana', { groups: [], quota: { cpuCount: 8 } }));
      expect(await store.update('nobody', {})).toBeUndefined();
    });

    it('finds a token by its digest, with the account', async () => {
      const account = exampleAccount('ana');
      await store.insert(account, undefined);
      const token = exampleToken('one');
      expect(await store.insertToken(token, sha256OfText('one'))).toBe(true);
      expect(await store.findToken(sha256OfText('one'))).toEqual({ token, account });
      expect(await store.findToken(sha256OfText('two'))).toBeUndefined();
      await store.markTokenUsed('one', new Date(9000));
      expect(await store.listTokens('ana')).toEqual([{ ...token, lastUsedAt: new Date(9000) }]);
    });

    it('takes no token for an account that is not there, and removes only the account’s own', async () => {
      expect(await store.insertToken(exampleToken('one'), sha256OfText('one'))).toBe(false);
      await store.insert(exampleAccount('ana'), undefined);
      await store.insert(exampleAccount('eva'), undefined);
      await store.insertToken(exampleToken('one'), sha256OfText('one'));
      expect(await store.removeToken('eva', 'one')).toBe(false);
      expect(await store.removeToken('ana', 'one')).toBe(true);
      expect(await store.removeToken('ana', 'one')).toBe(false);
      expect(await store.findToken(sha256OfText('one'))).toBeUndefined();
    });

    it('removes an account with its tokens', async () => {
      await store.insert(exampleAccount('ana'), 'hash');
      await store.insertToken(exampleToken('one'), sha256OfText('one'));
      expect(await store.remove('ana')).toBe(true);
      expect(await store.remove('ana')).toBe(false);
      expect(await store.findToken(sha256OfText('one'))).toBeUndefined();
      await store.insert(exampleAccount('ana'), undefined);
      expect(await store.listTokens('ana')).toEqual([]);
      expect(await store.findPasswordHash('ana')).toBeUndefined();
    });
  });
}

function exampleAccount(name: string, rest: Partial<Account> = {}): Account {
  return { name, groups: ['/vo/radiology', 'lab'], isAdmin: false, createdAt: new Date(1000), ...rest };
}

function exampleToken(id: string): AccessToken {
  return { id, account: 'ana', name: 'laptop', createdAt: new Date(2000), expiresAt: new Date(3000) };
}
