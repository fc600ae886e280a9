import { type DiskName, type NetworkName, type Tag, type VmName, parseId } from '@trencadis/ids';
import { textOf } from './xml-read.ts';
import type { XmlElement } from './xml-tree.ts';

/**
 * What this platform writes on everything that it makes at OpenNebula, as attributes of its template (of a VM: of its
 * USER_TEMPLATE). They are all that it knows of it.
 */
export const mark = {
  /** What it is: `vm`, `network`, `disk`, `image`. */
  kind: 'TRENCADIS_KIND',
  name: 'TRENCADIS_NAME',
  tag: 'TRENCADIS_TAG',
  /** Of a VM. */
  image: 'TRENCADIS_IMAGE',
  imageDigest: 'TRENCADIS_IMAGE_DIGEST',
  hostKey: 'TRENCADIS_HOST_KEY',
  login: 'TRENCADIS_LOGIN',
  /** Of a VM that is off only for a change of ours: `YES`. */
  resumes: 'TRENCADIS_RESUMES',
  /** Of a VM's disk and of its interface: the name of ours that it is, the path, and whether outsiders reach it. */
  disk: 'TRENCADIS_DISK',
  mountPath: 'TRENCADIS_MOUNT_PATH',
  network: 'TRENCADIS_NETWORK',
  isPublic: 'TRENCADIS_PUBLIC',
  /** Of a network. */
  reach: 'TRENCADIS_REACH',
  ports: 'TRENCADIS_PORTS',
  subnet: 'TRENCADIS_SUBNET',
  providerNetwork: 'TRENCADIS_PROVIDER_NETWORK',
} as const;

export type Kind = 'vm' | 'network' | 'disk' | 'image';

export interface Owner {
  readonly name: string;
  readonly tag: Tag;
}

export function ownerMarks(kind: Kind, { name, tag }: Owner): Readonly<Record<string, string>> {
  return { [mark.kind]: kind, [mark.name]: name, [mark.tag]: tag };
}

/** Whose it is, when its attributes say that it is ours and of this kind. */
export function ownerIn(attributes: XmlElement | undefined, kind: Kind): Owner | undefined {
  if (textOf(attributes, mark.kind) !== kind) return undefined;
  const name = textOf(attributes, mark.name);
  const tag = parseId('Tag', textOf(attributes, mark.tag) ?? '');
  return name === undefined || tag === undefined ? undefined : { name, tag };
}

/**
 * The NAME at OpenNebula of what is made by calls that take no attributes (saving a disk, reserving addresses): until
 * they are written, it says whose it is. At most 127 of the 128 characters that there are.
 */
export function provisionalName({ name, tag }: Owner): string {
  return `${name}@${tag}`;
}

export function provisionalOwner(text: string | undefined): Owner | undefined {
  const [name = '', tag = '', ...rest] = (text ?? '').split('@');
  const owner = { name: parseId('VmName', name), tag: parseId('Tag', tag) };
  if (rest.length > 0 || owner.name === undefined || owner.tag === undefined) return undefined;
  return { name: owner.name, tag: owner.tag };
}

/** Names were checked when they were made; what somebody has written since is passed over. */
export const asVmName = (text: string): VmName | undefined => parseId('VmName', text);
export const asNetworkName = (text: string): NetworkName | undefined => parseId('NetworkName', text);
export const asDiskName = (text: string): DiskName | undefined => parseId('DiskName', text);
