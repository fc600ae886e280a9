import type { VmmSite } from './model.ts';

/** A site with its credentials, sealed. */
export interface StoredSite extends VmmSite {
  readonly sealedCredentials: string;
  /** Another one after every change of what a driver is made of. */
  readonly version: string;
}

export interface SiteStore {
  /** Oldest first. */
  list(): Promise<readonly StoredSite[]>;
  find(key: string): Promise<StoredSite | undefined>;
  /** Inserts or replaces; the time of creation stays the first one's. */
  put(site: StoredSite): Promise<void>;
  /** Whether it was there. */
  remove(key: string): Promise<boolean>;
}

/** A {@link SiteStore} that lives as long as the process. */
export function createMemorySiteStore(): SiteStore {
  const kept = new Map<string, StoredSite>();
  return {
    list: async () =>
      structuredClone([...kept.values()]).toSorted(
        (one, other) => one.createdAt.getTime() - other.createdAt.getTime() || (one.key < other.key ? -1 : 1),
      ),
    find: async (key) => structuredClone(kept.get(key)),
    put: async (site) => {
      const createdAt = kept.get(site.key)?.createdAt ?? site.createdAt;
      kept.set(site.key, structuredClone({ ...site, createdAt }));
    },
    remove: async (key) => kept.delete(key),
  };
}
