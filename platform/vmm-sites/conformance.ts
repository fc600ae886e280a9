import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SiteStore, StoredSite } from './store.ts';

export interface SiteStoreHarness extends AsyncDisposable {
  /** Empty. */
  readonly store: SiteStore;
}

/** What every {@link SiteStore} must do. */
export function describeSiteStore(name: string, makeHarness: () => Promise<SiteStoreHarness>): void {
  describe(`site store: ${name}`, () => {
    let harness: SiteStoreHarness;
    let store: SiteStore;
    beforeEach(async () => {
      harness = await makeHarness();
      store = harness.store;
    });
    afterEach(() => harness[Symbol.asyncDispose]());

    it('gives back all that was put, oldest first', async () => {
      const late = exampleSite('late', {
        createdAt: new Date(2000),
        endpoint: 'https://x',
        groups: ['lab'],
        price: { currency: 'EUR', perVmHour: 0.05 },
      });
      await store.put(late);
      await store.put(exampleSite('early'));
      expect(await store.list()).toEqual([exampleSite('early'), late]);
      expect(await store.find('ana~late')).toEqual(late);
      expect(await store.find('late')).toBeUndefined();
    });

    it('replaces all but the time of creation', async () => {
      await store.put(exampleSite('one', { groups: ['lab'], endpoint: 'https://x' }));
      const changes = { product: 'other', sealedCredentials: 'new', version: 'v2' };
      await store.put(exampleSite('one', { ...changes, createdAt: new Date(9000) }));
      expect(await store.find('ana~one')).toEqual(exampleSite('one', changes));
    });

    it('removes once', async () => {
      await store.put(exampleSite('one'));
      expect(await store.remove('ana~one')).toBe(true);
      expect(await store.remove('ana~one')).toBe(false);
      expect(await store.list()).toEqual([]);
    });
  });
}

function exampleSite(name: string, rest: Partial<StoredSite> = {}): StoredSite {
  return {
    key: `ana~${name}`,
    name,
    product: 'simulated',
    owner: 'ana',
    createdAt: new Date(1000),
    sealedCredentials: 'sealed',
    version: 'v1',
    ...rest,
  };
}
