import { compareTexts, compareVersions } from '@trencadis/image-catalog/versions';
import type { ServiceVersion } from './model.ts';

/** The registered descriptions. */
export interface ServiceStore {
  /** By name, versions of one service oldest first. */
  list(): Promise<readonly ServiceVersion[]>;
  /** Oldest first. */
  listVersions(name: string): Promise<readonly ServiceVersion[]>;
  /** Keeps it unless that name and version is there; answers the one that is kept. */
  insert(version: ServiceVersion): Promise<ServiceVersion>;
  /** Whether it was there. */
  remove(name: string, version: string): Promise<boolean>;
}

/** The order of {@link ServiceStore.list}. */
export function compareServices(one: ServiceVersion, other: ServiceVersion): number {
  return (
    compareTexts(one.name, other.name) ||
    compareVersions(one.version, other.version) ||
    compareTexts(one.version, other.version)
  );
}

/** A {@link ServiceStore} that lives as long as the process. */
export function createMemoryServiceStore(): ServiceStore {
  const kept = new Map<string, ServiceVersion>();
  const keyOf = (name: string, version: string) => `${name} ${version}`;
  const list = async () => [...kept.values()].toSorted(compareServices).map((each) => structuredClone(each));
  return {
    list,
    listVersions: async (name) => (await list()).filter((each) => each.name === name),
    insert: async (version) => {
      const key = keyOf(version.name, version.version);
      const known = kept.get(key);
      if (known === undefined) kept.set(key, structuredClone(version));
      return structuredClone(known ?? version);
    },
    remove: async (name, version) => kept.delete(keyOf(name, version)),
  };
}
