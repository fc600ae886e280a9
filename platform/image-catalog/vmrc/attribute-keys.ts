import type { AttributeKey } from '../model.ts';

type PlainKey = Exclude<AttributeKey, `label.${string}`>;
export type AttributeType = 'text' | 'version' | 'size';

const attributeTypes: Readonly<Record<PlainKey, AttributeType>> = {
  architecture: 'text',
  'os.name': 'text',
  'os.flavour': 'text',
  'os.version': 'version',
  name: 'text',
  owner: 'text',
  group: 'text',
  firmware: 'text',
  cloudInit: 'text',
  defaultUser: 'text',
  'disk.min': 'size',
  'memory.min': 'size',
  vmm: 'text',
  endpoint: 'text',
  nativeId: 'text',
  location: 'text',
  hypervisor: 'text',
  format: 'text',
  'disk.size': 'size',
};

/** VMRC's own keys (spec image-catalog, section 3) and what they are in ours. */
export const vmrcKeys: ReadonlyMap<string, PlainKey> = new Map([
  ['system.name', 'name'],
  ['system.hypervisor', 'hypervisor'],
  ['system.location', 'location'],
  ['cpu.arch', 'architecture'],
  ['disk.size', 'disk.size'],
  ['disk.os.name', 'os.name'],
  ['disk.os.flavour', 'os.flavour'],
  ['disk.os.version', 'os.version'],
  ['disk.os.credentials.user', 'defaultUser'],
]);

/** VMRC's keys that say nothing of an image here, and why. */
export const ignoredKeys: ReadonlyMap<string, string> = new Map([
  ['cpu.count', 'an image has no number of CPUs: this is ignored'],
  ['disk.os.credentials.password', 'the catalog keeps no passwords: this is ignored'],
]);

export const applicationsKey = 'disk.applications';

const otherSpellings: ReadonlyMap<string, string> = new Map([
  ['disk.application', applicationsKey],
  ['applications', applicationsKey],
  ['disk.os.credentials.username', 'disk.os.credentials.user'],
]);

/** One spelling of a key: VMRC's, without regard to case and to RADL's number of the disk (`disk.0.os.name`). */
export function normalizeKey(key: string): string {
  if (/^label\./i.test(key)) return `label.${key.slice('label.'.length)}`;
  const lower = key.toLowerCase().replace(/^disk\.0\./, 'disk.');
  return otherSpellings.get(lower) ?? lower;
}

const ownKeys: ReadonlyMap<string, PlainKey> = new Map(
  Object.keys(attributeTypes).map((key) => [key.toLowerCase(), key as PlainKey]),
);

/** The attribute that a normalized key names, or `undefined`. */
export function findAttribute(
  key: string,
): { readonly key: AttributeKey; readonly type: AttributeType } | undefined {
  if (key.startsWith('label.') && key.length > 'label.'.length) {
    return { key: key as `label.${string}`, type: 'text' };
  }
  const found = vmrcKeys.get(key) ?? ownKeys.get(key);
  return found && { key: found, type: attributeTypes[found] };
}

const askedOtherwise: ReadonlyMap<string, string> = new Map([
  ['memory.size', 'write memory.min <= 1024MB for an image that runs with this memory'],
  [applicationsKey, 'write disk.applications contains (name = ant, version >= 1.8)'],
]);

/** What to write instead of a key that is not known. */
export function hintForKey(key: string): string {
  const known = [...vmrcKeys.keys(), applicationsKey, ...ownKeys.values(), 'label.NAME'];
  return askedOtherwise.get(key) ?? `known keys: ${known.join(', ')}`;
}
