import type { AttributeKey } from './model.ts';
import type { Reading } from './reading.ts';

export type SizeKey = 'disk.size' | 'disk.min' | 'memory.min';
export type OperatingSystemKey = 'os.name' | 'os.flavour' | 'os.version';
export type LabelKey = Extract<AttributeKey, `label.${string}`>;
export type TextKey = Exclude<AttributeKey, SizeKey | OperatingSystemKey | LabelKey | 'vmm'>;

/** In bytes; `undefined` where the image does not say and that means something. */
export const sizeOf: Readonly<Record<SizeKey, (reading: Reading) => number | undefined>> = {
  'disk.size': ({ artifact }) => artifact?.virtualSizeBytes,
  'disk.min': ({ vmi }) => (vmi.minDiskGiB ?? 0) * 2 ** 30,
  'memory.min': ({ vmi }) => (vmi.minMemoryMiB ?? 0) * 2 ** 20,
};

const textOfKey: Readonly<Record<TextKey, (reading: Reading) => string | undefined>> = {
  architecture: ({ vmi }) => vmi.architecture,
  name: ({ vmi }) => vmi.name,
  owner: ({ vmi }) => vmi.owner,
  group: ({ vmi }) => vmi.group,
  firmware: ({ vmi }) => vmi.firmware,
  cloudInit: ({ vmi }) => (vmi.cloudInit === undefined ? undefined : String(vmi.cloudInit)),
  defaultUser: ({ vmi }) => vmi.defaultUser,
  endpoint: ({ artifact }) => artifact?.endpoint,
  nativeId: ({ artifact }) => artifact?.nativeId,
  location: ({ artifact }) => artifact?.location,
  hypervisor: ({ artifact }) => artifact?.hypervisor,
  format: ({ artifact }) => artifact?.format,
};

/** What a text attribute says; `undefined` where the image does not say. */
export function textOf(key: TextKey | LabelKey, reading: Reading): string | undefined {
  if (!isLabelKey(key)) return textOfKey[key](reading);
  const { labels = {} } = reading.vmi;
  const name = key.slice('label.'.length);
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

export function isLabelKey(key: AttributeKey): key is LabelKey {
  return key.startsWith('label.');
}

export function isSizeKey(key: AttributeKey): key is SizeKey {
  return Object.hasOwn(sizeOf, key);
}

export function isOperatingSystemKey(key: AttributeKey): key is OperatingSystemKey {
  return key === 'os.name' || key === 'os.flavour' || key === 'os.version';
}
