import { fingerprintOf } from './fingerprint.ts';
import type { ImageRecord } from './image-record.ts';
import type { Sha256, VmiId } from '@trencadis/ids';
import type { Image, ImageAcl, ImageVersion, Labels, VmiArtifact, VmiMetadata } from './model.ts';

/** An image as a directory of builds, a provider or a document describes it now. */
export interface ImageRegistration {
  readonly id: VmiId;
  readonly name: string;
  readonly description: string;
  readonly labels?: Labels;
  readonly metadata: VmiMetadata;
  /** Without any, it is catalogued, not built. */
  readonly artifacts: readonly VmiArtifact[];
}

/** What a new image gets; one that is there keeps its own. */
export interface RegisteredBy {
  readonly owner: string;
  readonly acl: ImageAcl;
  readonly group?: string;
  readonly at: string;
}

/**
 * Registered once or often, in any order: the same description gives no new version. Another one gives a new
 * version; another place of the same bytes only changes the place.
 */
export function decideRegistration(
  current: ImageRecord | undefined,
  registration: ImageRegistration,
  by: RegisteredBy,
): { readonly record: ImageRecord; readonly answer: ImageVersion } {
  const { id, name, description, labels = {}, metadata, artifacts } = registration;
  const image: Image = { ...(current?.image ?? newImage(registration, by)), name, description, labels };
  const versions = current?.versions ?? [];
  const same = findSame(versions, fingerprintOf(metadata, artifacts));
  if (same !== undefined) {
    const moved = { ...same, artifacts: movedTo(same.artifacts, artifacts) };
    const others = versions.filter((version) => version !== same);
    return { record: { image, versions: [...others, moved] }, answer: moved };
  }
  const number = (versions.at(-1)?.number ?? 0) + 1;
  const version = newVersion({ metadata, artifacts }, { imageId: id, number, createdAt: by.at });
  return { record: { image, versions: [...versions, version] }, answer: version };
}

/** The newest version, when it is that one and has not been withdrawn. */
function findSame(versions: readonly ImageVersion[], fingerprint: Sha256): ImageVersion | undefined {
  const newest = versions.at(-1);
  const isWithdrawn = newest?.state === 'revoked' || newest?.state === 'deleted';
  return newest?.fingerprint === fingerprint && !isWithdrawn ? newest : undefined;
}

export function newImage(
  { id, name, description, labels = {} }: Pick<ImageRegistration, 'id' | 'name' | 'description' | 'labels'>,
  { owner, acl, group, at }: RegisteredBy,
): Image {
  return {
    id,
    name,
    owner,
    ...(group === undefined ? {} : { group }),
    description,
    labels,
    acl,
    channels: {},
    createdAt: at,
  };
}

/** Active when all its bytes are in place, `queued` while some are awaited. */
export function newVersion(
  { metadata, artifacts }: { readonly metadata: VmiMetadata; readonly artifacts: readonly VmiArtifact[] },
  identity: Pick<ImageVersion, 'imageId' | 'number' | 'createdAt'>,
): ImageVersion {
  return {
    ...identity,
    fingerprint: fingerprintOf(metadata, artifacts),
    state: artifacts.some(isAwaited) ? 'queued' : 'active',
    metadata,
    artifacts,
  };
}

export function isAwaited({ location, nativeId }: VmiArtifact): boolean {
  return location === '' && nativeId === undefined;
}

/** The known artifacts where the told ones now lie; one that is told without a place stays where it is. */
function movedTo(known: readonly VmiArtifact[], told: readonly VmiArtifact[]): readonly VmiArtifact[] {
  return known.map((artifact) => {
    const same = told.find(
      (other) =>
        other.vmm === artifact.vmm &&
        other.endpoint === artifact.endpoint &&
        other.digest === artifact.digest,
    );
    return same === undefined || same.location === '' ? artifact : { ...artifact, location: same.location };
  });
}
