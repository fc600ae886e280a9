import { type DiskName, type NetworkName, type Tag, type VmName, parseId } from '@trencadis/ids';
import { invalid } from '@trencadis/openstack-client';
import type { ImageReference, VmDisk, VmSpec } from '@trencadis/vmm';
import { storedReference } from './glance-images.ts';

/**
 * What a server's metadata (255 characters a value) tell of the VM, so that every process knows it: written by the very
 * request that makes the server.
 */
export interface ServerRecord {
  readonly name: VmName;
  readonly tag: Tag;
  readonly image: ImageReference;
  readonly hostKey: string;
  readonly user: string;
  /** In the spec's order. */
  readonly interfaces: readonly RecordedInterface[];
  /** By volume id, in the spec's order. */
  readonly disks: ReadonlyMap<string, VmDisk>;
}

export interface RecordedInterface {
  readonly network: NetworkName;
  readonly address: string;
  readonly kind: 'public' | 'private';
  /** Floating, as it was made. */
  readonly publicAddress?: string;
}

type Metadata = Readonly<Record<string, string>>;

const prefix = 'trencadis_';
const diskPrefix = `${prefix}disk_`;
const maxValue = 255;

export function writeRecord(record: ServerRecord): Metadata {
  const { name, tag, image, hostKey, user, interfaces } = record;
  const lines = interfaces.map(({ network, address, kind, publicAddress = '' }, index): [string, string] => [
    `${prefix}interface_${index}`,
    `${network} ${address} ${kind} ${publicAddress}`.trim(),
  ]);
  const disks = [...record.disks].map(([id, disk], index) => diskLine(id, disk, index));
  const metadata = {
    [`${prefix}name`]: name,
    [`${prefix}tag`]: tag,
    [`${prefix}image`]: image.location,
    [`${prefix}digest`]: image.digest,
    [`${prefix}host_key`]: hostKey,
    [`${prefix}user`]: user,
    ...Object.fromEntries([...lines, ...disks]),
  };
  for (const [key, value] of Object.entries(metadata)) {
    if (value.length > maxValue) throw tooLong(name, key);
  }
  return metadata;
}

/** `undefined`: not ours. */
export function readRecord(metadata: Metadata): ServerRecord | undefined {
  const name = parseId('VmName', metadata[`${prefix}name`] ?? '');
  const tag = parseId('Tag', metadata[`${prefix}tag`] ?? '');
  if (name === undefined || tag === undefined) return undefined;
  const value = (key: string) => metadata[`${prefix}${key}`] ?? '';
  return {
    name,
    tag,
    image: storedReference(value('image'), value('digest')),
    hostKey: value('host_key'),
    user: value('user'),
    interfaces: readInterfaces(metadata),
    disks: readDisks(metadata),
  };
}

function readInterfaces(metadata: Metadata): readonly RecordedInterface[] {
  const read: RecordedInterface[] = [];
  for (let index = 0; ; index += 1) {
    const line = metadata[`${prefix}interface_${index}`];
    if (line === undefined) return read;
    const [network = '', address = '', kind, publicAddress] = line.split(' ');
    read.push({
      network: network as NetworkName,
      address,
      kind: kind === 'public' ? 'public' : 'private',
      ...(publicAddress === undefined ? {} : { publicAddress }),
    });
  }
}

/** Of one attached volume: its key and value. */
export function diskLine(volumeId: string, { disk, mountPath }: VmDisk, index: number): [string, string] {
  return [`${diskPrefix}${volumeId}`, `${index} ${disk} ${mountPath}`];
}

export function diskKey(volumeId: string): string {
  return `${diskPrefix}${volumeId}`;
}

function readDisks(metadata: Metadata): ReadonlyMap<string, VmDisk> {
  const lines = Object.entries(metadata).flatMap(([key, value]) => {
    if (!key.startsWith(diskPrefix)) return [];
    const [, index = '0', disk = '', mountPath = ''] = /^(\d+) (\S+) (.*)$/.exec(value) ?? [];
    return [{ id: key.slice(diskPrefix.length), index: Number(index), disk: disk as DiskName, mountPath }];
  });
  const ordered = lines.toSorted((one, other) => one.index - other.index);
  return new Map(ordered.map(({ id, disk, mountPath }) => [id, { disk, mountPath }]));
}

function tooLong(name: VmSpec['name'], key: string) {
  const what = key.slice(prefix.length).replace(/_.*/, '');
  return invalid(
    name,
    `The ${what} of the VM ${name} is longer than OpenStack remembers (255 characters): shorten it.`,
  );
}
