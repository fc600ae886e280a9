import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, brandId } from '@trencadis/ids';
import {
  type AtomicFiles,
  ContentDigests,
  type ReceivedFile,
  orUndefined,
  readFileIfPresent,
} from './atomic-files.ts';
import type { Component } from './model.ts';
import { nameOf } from './resolve-dependencies.ts';

/** Another process may have placed a content and not yet said whose it is; an upload may take hours. */
const graceMs = 24 * 60 * 60 * 1000;

/** The bytes, each content once, by its digest. */
export class ContentFolder {
  readonly #folder: string;
  readonly #files: AtomicFiles;
  readonly #clock: Clock;

  constructor(directory: string, files: AtomicFiles, clock: Clock) {
    this.#folder = join(directory, 'blobs');
    this.#files = files;
    this.#clock = clock;
  }

  async read(component: Component): Promise<Buffer> {
    return (await readFileIfPresent(this.#pathOf(component.digest))) ?? missing(component);
  }

  async sizeOf(component: Component): Promise<number> {
    return (await orUndefined(stat(this.#pathOf(component.digest))))?.size ?? missing(component);
  }

  stream({ digest }: Component, range?: { readonly start: number; readonly end: number }) {
    return createReadStream(this.#pathOf(digest), range);
  }

  async digestsOf(component: Component): Promise<Pick<ReceivedFile, 'digest' | 'blake2b'> | undefined> {
    return await orUndefined(this.#digest(component));
  }

  async place(file: ReceivedFile): Promise<void> {
    await this.#files.place(file, this.#pathOf(file.digest));
  }

  /** Answers how many bytes became free. */
  async collectGarbage(used: ReadonlySet<string>): Promise<number> {
    const freed = await Promise.all([
      this.#removeOld(this.#folder, (name) => !used.has(name)),
      this.#removeOld(this.#files.incoming, () => true),
    ]);
    return freed.reduce((sum, bytes) => sum + bytes, 0);
  }

  async #removeOld(folder: string, isGarbage: (name: string) => boolean): Promise<number> {
    const names = ((await orUndefined(readdir(folder))) ?? []).filter(isGarbage);
    let freedBytes = 0;
    for (const path of names.map((name) => join(folder, name))) {
      const found = await orUndefined(stat(path));
      if (found === undefined || this.#clock.now().getTime() - found.mtimeMs < graceMs) continue;
      await rm(path, { force: true });
      freedBytes += found.size;
    }
    return freedBytes;
  }

  async #digest({ digest }: Component): Promise<Pick<ReceivedFile, 'digest' | 'blake2b'>> {
    const digests = new ContentDigests();
    for await (const chunk of createReadStream(this.#pathOf(digest))) digests.update(chunk as Buffer);
    return digests.end();
  }

  #pathOf(digest: Sha256): string {
    return join(this.#folder, brandId('Sha256', digest));
  }
}

function missing(component: Component): never {
  const message = `The component repository does not hold the content of ${nameOf(component)}; add the file again.`;
  throw new PlatformError('not-found', message, { subject: component.fileName });
}
