import { type Hash, createHash } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, brandId, newUuid } from '@trencadis/ids';

/** A content that has arrived whole and has no place yet; disposing removes it unless it was placed. */
export interface ReceivedFile extends AsyncDisposable {
  readonly path: string;
  readonly digest: Sha256;
  /** BLAKE2b-512, which signatures are made of. */
  readonly blake2b: Buffer;
  readonly sizeBytes: number;
}

/** Puts whole files in their place under one root: a reader sees all of a file or none, also after a power cut. */
export class AtomicFiles {
  readonly incoming: string;

  /** `root` must be one file system; half-written files stay in its folder `incoming`. */
  constructor(root: string) {
    this.incoming = join(root, 'incoming');
  }

  /** Answers `false` and changes nothing when a file is there; of several at once, one wins. */
  async create(path: string, content: string): Promise<boolean> {
    await using file = await this.receive([Buffer.from(content)]);
    await mkdir(dirname(path), { recursive: true });
    try {
      await link(file.path, path);
    } catch (error) {
      if (isFileError(error, 'EEXIST')) return false;
      throw error;
    }
    await syncFolder(dirname(path));
    return true;
  }

  /** Takes the place of a file that is there. */
  async place(file: ReceivedFile, path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await rename(file.path, path);
    await syncFolder(dirname(path));
  }

  /** Writes a content as it comes; more than `maxBytes` is `invalid-argument`. */
  async receive(
    content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    maxBytes = Number.POSITIVE_INFINITY,
  ): Promise<ReceivedFile> {
    await mkdir(this.incoming, { recursive: true });
    const path = join(this.incoming, newUuid());
    const remove = () => rm(path, { force: true });
    try {
      const written = await writeThrough(path, content, maxBytes);
      return { path, ...written, [Symbol.asyncDispose]: remove };
    } catch (error) {
      await remove();
      throw error;
    }
  }
}

async function writeThrough(
  path: string,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Pick<ReceivedFile, 'digest' | 'blake2b' | 'sizeBytes'>> {
  await using file = await open(path, 'wx', 0o644);
  const digests = new ContentDigests();
  for await (const chunk of content) {
    digests.update(chunk);
    if (digests.sizeBytes > maxBytes) {
      throw new PlatformError('invalid-argument', `The file has more than the allowed ${maxBytes} bytes.`);
    }
    await file.writeFile(chunk);
  }
  await file.sync();
  return digests.end();
}

/** What identifies a content, computed as its bytes come by. */
export class ContentDigests {
  readonly #sha256: Hash = createHash('sha256');
  readonly #blake2b: Hash = createHash('blake2b512');
  sizeBytes = 0;

  update(chunk: Uint8Array): void {
    this.#sha256.update(chunk);
    this.#blake2b.update(chunk);
    this.sizeBytes += chunk.byteLength;
  }

  end(): Pick<ReceivedFile, 'digest' | 'blake2b' | 'sizeBytes'> {
    const digest = brandId('Sha256', this.#sha256.digest('hex'));
    return { digest, blake2b: this.#blake2b.digest(), sizeBytes: this.sizeBytes };
  }
}

/** The file's bytes, or `undefined` when there is none. */
export async function readFileIfPresent(path: string): Promise<Buffer | undefined> {
  return await orUndefined(readFile(path));
}

/** The result, or `undefined` when there is no such file. */
export async function orUndefined<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isFileError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
