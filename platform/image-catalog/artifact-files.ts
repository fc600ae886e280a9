import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, brandId } from '@trencadis/ids';

/** An upload under way: of an image's version, the bytes with that digest. All of it is checked to be path-safe. */
export interface UploadId {
  readonly imageId: string;
  readonly number: number;
  readonly digest: Sha256;
}

/**
 * Uploaded bytes as files: `blobs/<sha256>` once verified, `uploads/<image>-<number>-<sha256>` until then. What has
 * come of an upload is the length of its file, so it goes on after a restart.
 */
export class ArtifactFiles {
  readonly #directory: string;
  readonly #busy = new Set<string>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  blobPath(digest: Sha256): string {
    return join(this.#directory, 'blobs', brandId('Sha256', digest));
  }

  async sizeOf(digest: Sha256): Promise<number | undefined> {
    return sizeIfPresent(this.blobPath(digest));
  }

  read(digest: Sha256, range: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array> {
    return createReadStream(this.blobPath(digest), range);
  }

  /** How many bytes have come. */
  async offsetOf(id: UploadId): Promise<number> {
    return (await sizeIfPresent(this.#uploadPath(id))) ?? 0;
  }

  /**
   * Writes bytes from that offset on, as far as they come: when the sender is cut off, what came is kept. Throws
   * `conflict` when the offset is not where the upload stands or another writes; answers where it stands now.
   */
  append(id: UploadId, offset: number, bytes: AsyncIterable<Uint8Array>): Promise<number> {
    return this.#alone(id, async (path) => {
      await mkdir(join(this.#directory, 'uploads'), { recursive: true, mode: 0o700 });
      await using file = await open(path, 'a', 0o600);
      const { size } = await file.stat();
      if (size !== offset) throw conflict(id, `The upload stands at byte ${size}, not ${offset}.`);
      return await appendAll(file, offset, bytes);
    });
  }

  /**
   * Verifies the upload and puts it in its place; answers where. Wrong bytes are thrown away: `invalid-argument`;
   * none at all: `conflict`.
   */
  complete(id: UploadId): Promise<string> {
    return this.#alone(id, async (path) => {
      if ((await sizeIfPresent(path)) === undefined) throw conflict(id, 'Nothing was uploaded yet.');
      const actual = await digestOf(path);
      if (actual !== id.digest) {
        await rm(path, { force: true });
        const message = `The uploaded bytes have the SHA-256 ${actual}, not ${id.digest}; upload them again from the start.`;
        throw new PlatformError('invalid-argument', message, { subject: id.imageId });
      }
      const blob = this.blobPath(id.digest);
      await mkdir(join(this.#directory, 'blobs'), { recursive: true, mode: 0o755 });
      await rename(path, blob);
      return blob;
    });
  }

  async #alone<Answer>(id: UploadId, work: (path: string) => Promise<Answer>): Promise<Answer> {
    const path = this.#uploadPath(id);
    if (this.#busy.has(path)) throw conflict(id, 'These bytes are being uploaded or verified just now.');
    this.#busy.add(path);
    try {
      return await work(path);
    } finally {
      this.#busy.delete(path);
    }
  }

  #uploadPath({ imageId, number, digest }: UploadId): string {
    const name = `${brandId('VmiId', imageId)}-${Math.trunc(number)}-${brandId('Sha256', digest)}`;
    return join(this.#directory, 'uploads', name);
  }
}

async function appendAll(
  file: FileHandle,
  offset: number,
  bytes: AsyncIterable<Uint8Array>,
): Promise<number> {
  let end = offset;
  try {
    for await (const chunk of bytes) {
      await file.appendFile(chunk);
      end += chunk.byteLength;
    }
  } finally {
    await file.sync();
  }
  return end;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

async function sizeIfPresent(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function conflict({ imageId }: UploadId, message: string): PlatformError {
  return new PlatformError('conflict', message, { subject: imageId });
}
