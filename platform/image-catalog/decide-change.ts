import { PlatformError } from '@trencadis/errors';
import type { Sha256 } from '@trencadis/ids';
import { fingerprintOf } from './fingerprint.ts';
import type { ImageRecord } from './image-record.ts';
import { isAwaited, newVersion } from './decide-registration.ts';
import type { Image, ImageVersion, VersionState, VmiArtifact, VmiMetadata } from './model.ts';

/** The version with that number; throws `not-found`. */
export function getVersion({ image, versions }: ImageRecord, number: number): ImageVersion {
  const version = versions.find((one) => one.number === number && one.state !== 'deleted');
  if (version !== undefined) return version;
  const known = versions.filter(({ state }) => state !== 'deleted').map((one) => one.number);
  const message = `Image ${image.id} has no version ${number}; it has ${known.join(', ') || 'none'}.`;
  throw new PlatformError('not-found', message, { subject: image.id });
}

function withVersion({ image, versions }: ImageRecord, version: ImageVersion): ImageRecord {
  const others = versions.filter(({ number }) => number !== version.number);
  return { image, versions: [...others, version].toSorted((a, b) => a.number - b.number) };
}

export interface NewVersion {
  readonly metadata: VmiMetadata;
  readonly artifacts: readonly VmiArtifact[];
  readonly at: string;
}

export function decideNewVersion(
  record: ImageRecord,
  { metadata, artifacts, at }: NewVersion,
): { readonly record: ImageRecord; readonly answer: ImageVersion } {
  const number = (record.versions.at(-1)?.number ?? 0) + 1;
  const identity = { imageId: record.image.id, number, createdAt: at };
  const version = newVersion({ metadata, artifacts }, identity);
  return { record: withVersion(record, version), answer: version };
}

/** Into the version itself while its bytes are awaited; a version in use does not change, so then into the next one. */
export function decideArtifact(
  record: ImageRecord,
  number: number,
  { artifact, at }: { readonly artifact: VmiArtifact; readonly at: string },
): { readonly record: ImageRecord; readonly answer: ImageVersion } {
  const version = getVersion(record, number);
  const { metadata } = version;
  const others = version.artifacts.filter(
    (one) => one.vmm !== artifact.vmm || one.endpoint !== artifact.endpoint,
  );
  const artifacts = [...others, artifact];
  if (version.state !== 'queued' && version.state !== 'uploading') {
    return decideNewVersion(record, { metadata, artifacts, at });
  }
  const changed = { ...version, artifacts, fingerprint: fingerprintOf(metadata, artifacts) };
  return { record: withVersion(record, changed), answer: changed };
}

/** Bytes with that digest have come to `location`, whole and verified; without a location, the first of them. */
export function decideArrival(
  record: ImageRecord,
  number: number,
  { digest, location }: { readonly digest: Sha256; readonly location?: string },
): { readonly record: ImageRecord; readonly answer: ImageVersion } {
  const version = getVersion(record, number);
  if (version.state !== 'queued' && version.state !== 'uploading') return { record, answer: version };
  const artifacts = version.artifacts.map((artifact) =>
    location !== undefined && artifact.digest === digest && isAwaited(artifact)
      ? { ...artifact, location }
      : artifact,
  );
  const state: VersionState = artifacts.some(isAwaited) ? 'uploading' : 'active';
  const changed = { ...version, artifacts, state };
  return { record: withVersion(record, changed), answer: changed };
}

/** `undefined` takes the channel away. Only an active version can be pointed to. */
export function decideChannel(
  record: ImageRecord,
  channel: string,
  number: number | undefined,
): { readonly record: ImageRecord; readonly answer: Image } {
  const { [channel]: _, ...others } = record.image.channels;
  if (number !== undefined) {
    const { state } = getVersion(record, number);
    if (state !== 'active') {
      const message = `Version ${number} of ${record.image.id} is ${state}; a channel points to an active version.`;
      throw new PlatformError('conflict', message, { subject: record.image.id });
    }
  }
  const channels = number === undefined ? others : { ...others, [channel]: number };
  const image = { ...record.image, channels };
  return { record: { ...record, image }, answer: image };
}

const from: Readonly<Record<'deprecated' | 'revoked' | 'deleted', readonly VersionState[]>> = {
  deprecated: ['active', 'deprecated'],
  revoked: ['queued', 'uploading', 'active', 'deprecated', 'revoked'],
  deleted: ['queued', 'uploading', 'active', 'deprecated', 'revoked'],
};

/** Now, or at a date still to come. */
export function decideState(
  record: ImageRecord,
  number: number,
  change: { readonly to: keyof typeof from; readonly at: string; readonly now: string },
): { readonly record: ImageRecord; readonly answer: ImageVersion } {
  const version = getVersion(record, number);
  if (!from[change.to].includes(version.state)) {
    const message = `Version ${number} of ${record.image.id} is ${version.state}; it cannot become ${change.to}.`;
    throw new PlatformError('conflict', message, { subject: record.image.id });
  }
  const changed =
    change.at > change.now && change.to !== 'deleted'
      ? { ...version, [change.to === 'revoked' ? 'revokeAt' : 'deprecateAt']: change.at }
      : { ...version, state: change.to };
  return { record: withVersion(record, changed), answer: changed };
}

/** The states that the versions' dates have brought about by `now`. */
export function decideDue(record: ImageRecord, now: string): ImageRecord {
  const versions = record.versions.map((version): ImageVersion => {
    const { state, deprecateAt, revokeAt } = version;
    if (state !== 'active' && state !== 'deprecated') return version;
    if (revokeAt !== undefined && revokeAt <= now) return { ...version, state: 'revoked' };
    if (deprecateAt !== undefined && deprecateAt <= now) return { ...version, state: 'deprecated' };
    return version;
  });
  return { ...record, versions };
}
