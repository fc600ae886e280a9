import { PlatformError } from '@trencadis/errors';
import type { Download } from '@trencadis/http';
import type { Sha256 } from '@trencadis/ids';
import type { ArtifactFiles } from './artifact-files.ts';
import { decideArrival, getVersion } from './decide-change.ts';
import { isAwaited } from './decide-registration.ts';
import type { ImageRecord } from './image-record.ts';
import type { ImageCaller, ImageOperation, ImageVersion, VmiArtifact } from './model.ts';
import type { ImageChange, VersionName } from './service.ts';
import type { Decision } from './store.ts';

interface Catalog {
  read(caller: ImageCaller, id: VersionName['id'], operation: ImageOperation): Promise<ImageRecord>;
  change(
    caller: ImageCaller,
    change: ImageChange,
    decide: (record: ImageRecord) => Decision<ImageVersion>,
  ): Promise<ImageVersion>;
}

export interface ArtifactName extends VersionName {
  readonly digest: Sha256;
}

export interface UploadStatus {
  /** Bytes that have come. */
  readonly offset: number;
  readonly state: ImageVersion['state'];
}

/** Artifacts in and out of the catalog's own folder (CAT-10). */
export class ImageTransfer {
  readonly #files: ArtifactFiles;
  readonly #catalog: Catalog;

  constructor(files: ArtifactFiles, catalog: Catalog) {
    this.#files = files;
    this.#catalog = catalog;
  }

  /** Where an upload stands: the offset to go on from. */
  async status(caller: ImageCaller, name: ArtifactName): Promise<UploadStatus> {
    const version = await this.#version(caller, name, 'upload');
    const artifact = artifactOf(version, name.digest);
    return { state: version.state, offset: await this.#offsetOf(name, artifact) };
  }

  /** Bytes from that offset on; `conflict` when the upload stands elsewhere. What came before a cut is kept. */
  async append(
    caller: ImageCaller,
    name: ArtifactName,
    { offset, bytes }: { readonly offset: number; readonly bytes: AsyncIterable<Uint8Array> },
  ): Promise<UploadStatus> {
    const version = await this.#version(caller, name, 'upload');
    assertAwaited(artifactOf(version, name.digest));
    const state = version.state === 'queued' ? await this.#arrived(caller, name) : version;
    const end = await this.#files.append(uploadOf(name), offset, bytes);
    return { offset: end, state: state.state };
  }

  /** Verifies the digest; the version is active once all its artifacts are there. */
  async complete(caller: ImageCaller, name: ArtifactName): Promise<ImageVersion> {
    const version = await this.#version(caller, name, 'upload');
    if (!isAwaited(artifactOf(version, name.digest))) return version;
    return this.#arrived(caller, name, await this.#files.complete(uploadOf(name)));
  }

  /** Of an artifact that was uploaded here; one that lies elsewhere is `not-found`, its location says where. */
  async download(caller: ImageCaller, name: ArtifactName): Promise<Download> {
    const version = await this.#version(caller, name, 'download');
    const artifact = artifactOf(version, name.digest);
    const sizeBytes =
      artifact.location === this.#files.blobPath(name.digest)
        ? await this.#files.sizeOf(name.digest)
        : undefined;
    if (sizeBytes === undefined) {
      const place = isAwaited(artifact) ? 'they are not uploaded yet' : `they are at ${artifact.location}`;
      const message = `The catalog does not hold the bytes of ${name.id} ${name.number} for ${artifact.vmm}: ${place}.`;
      throw new PlatformError('not-found', message, { subject: name.id });
    }
    return { sizeBytes, etag: name.digest, open: (range) => this.#files.read(name.digest, range) };
  }

  async #version(caller: ImageCaller, name: ArtifactName, operation: ImageOperation): Promise<ImageVersion> {
    const record = await this.#catalog.read(caller, name.id, operation);
    const version = getVersion(record, name.number);
    if (version.state !== 'revoked' || caller.isAdmin) return version;
    const message = `Version ${name.number} of ${name.id} is revoked; use another version.`;
    throw new PlatformError('conflict', message, { subject: name.id });
  }

  async #offsetOf(name: ArtifactName, artifact: VmiArtifact): Promise<number> {
    if (isAwaited(artifact)) return this.#files.offsetOf(uploadOf(name));
    return (await this.#files.sizeOf(name.digest)) ?? 0;
  }

  #arrived(
    caller: ImageCaller,
    { id, number, digest }: ArtifactName,
    location?: string,
  ): Promise<ImageVersion> {
    const operation = location === undefined ? `upload ${number}` : `uploaded ${number}`;
    return this.#catalog.change(caller, { id, right: 'upload', operation }, (record) =>
      decideArrival(record, number, { digest, ...(location === undefined ? {} : { location }) }),
    );
  }
}

function uploadOf({ id, number, digest }: ArtifactName) {
  return { imageId: id, number, digest };
}

function artifactOf({ imageId, number, artifacts }: ImageVersion, digest: Sha256): VmiArtifact {
  const artifact = artifacts.find((one) => one.digest === digest);
  if (artifact !== undefined) return artifact;
  const message = `Version ${number} of ${imageId} has no artifact ${digest}.`;
  throw new PlatformError('not-found', message, { subject: imageId });
}

function assertAwaited(artifact: VmiArtifact): void {
  if (isAwaited(artifact)) return;
  throw new PlatformError('conflict', `These bytes are uploaded already, to ${artifact.location}.`);
}
