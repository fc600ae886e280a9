import { idPatterns, parseId, sha256OfText } from '@trencadis/ids';
import type { VmiArtifact } from '../model.ts';
import { cloudNames, diskFormats, ownName } from './simplestreams-names.ts';
import { malformedStream } from './simplestreams-schema.ts';

export type Tags = Readonly<Record<string, string>>;

/** Where an item is, for messages and for its bytes. */
export interface ItemPlace {
  readonly file: string;
  readonly path: readonly string[];
  readonly locationOf: (path: string) => string | undefined;
}

/** A file to download (datatype `image-downloads`), for libvirt. */
export function downloadArtifact(tags: Tags, place: ItemPlace): VmiArtifact | undefined {
  const format = diskFormats.get(tags['ftype'] ?? '');
  if (format === undefined) return undefined;
  const digest = parseId('Sha256', tags['sha256'] ?? '');
  if (digest === undefined) throw malformed(place, 'sha256', `must match ${idPatterns.Sha256.source}`);
  const location = place.locationOf(tags['path'] ?? '');
  if (location === undefined) throw malformed(place, 'path', 'must be a relative path below the root');
  return { vmm: 'libvirt', location, digest, format };
}

/** An image that a cloud holds (datatype `image-ids`), by its id there. */
export function nativeArtifact(tags: Tags, cloud: string, place: ItemPlace): VmiArtifact {
  const nativeId = tags['id'];
  if (!nativeId) throw malformed(place, 'id', 'is missing');
  const vmm = ownName(cloudNames, cloud);
  const endpoint = tags['region'] ?? tags['endpoint'];
  const hypervisor = tags['virt'];
  return {
    vmm,
    ...(endpoint === undefined ? {} : { endpoint }),
    nativeId,
    location: `${vmm}://${endpoint ?? ''}/${nativeId}`,
    digest: sha256OfText(`${vmm} ${endpoint ?? ''} ${nativeId}`),
    ...(hypervisor === undefined ? {} : { hypervisor }),
  };
}

function malformed({ file, path }: ItemPlace, tag: string, problem: string) {
  return malformedStream(file, [...path, tag], problem);
}
