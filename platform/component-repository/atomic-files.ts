import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newUuid } from '@trencadis/ids';

/** Puts whole files in their place under one root: a reader sees all of a file or none, also after a power cut. */
export class AtomicFiles {
  readonly #incoming: string;

  /** `root` must be one file system; half-written files stay in its folder `incoming`. */
  constructor(root: string) {
    this.#incoming = join(root, 'incoming');
  }

  /** Takes the place of a file that is there. */
  async replace(path: string, content: Uint8Array | string): Promise<void> {
    await this.#place(path, content, rename);
  }

  /** Answers `false` and changes nothing when a file is there; of several at once, one wins. */
  async create(path: string, content: Uint8Array | string): Promise<boolean> {
    try {
      await this.#place(path, content, link);
      return true;
    } catch (error) {
      if (isFileError(error, 'EEXIST')) return false;
      throw error;
    }
  }

  async #place(
    path: string,
    content: Uint8Array | string,
    place: (from: string, to: string) => Promise<void>,
  ): Promise<void> {
    await Promise.all([this.#incoming, dirname(path)].map((folder) => mkdir(folder, { recursive: true })));
    const temporary = join(this.#incoming, newUuid());
    try {
      await writeThrough(temporary, content);
      await place(temporary, path);
      await syncFolder(dirname(path));
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

/** The file's bytes, or `undefined` when there is none. */
export async function readFileIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export function isFileError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function writeThrough(path: string, content: Uint8Array | string): Promise<void> {
  await using file = await open(path, 'wx', 0o644);
  await file.writeFile(content);
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
