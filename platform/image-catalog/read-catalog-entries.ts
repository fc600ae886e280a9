import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { type CatalogEntry, catalogEntrySchema } from './vmi-schema.ts';

/**
 * The entries `<directory>/<id>/vmi.json`, by id. Folders without that file are passed over.
 * Throws `invalid-argument` naming the file and the place in it; `not-found` when there is no such directory.
 */
export async function readCatalogEntries(directory: string): Promise<readonly CatalogEntry[]> {
  const names = await listFolders(directory);
  const entries = await Promise.all(names.toSorted().map((name) => readCatalogEntry(directory, name)));
  return entries.filter((entry) => entry !== undefined);
}

async function listFolders(directory: string): Promise<readonly string[]> {
  try {
    const found = await readdir(directory, { withFileTypes: true });
    return found.filter((item) => item.isDirectory()).map((item) => item.name);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    const message = `There is no directory ${directory} to read catalog entries from; name the one that holds <id>/vmi.json.`;
    throw new PlatformError('not-found', message, { subject: directory, cause });
  }
}

async function readCatalogEntry(directory: string, folder: string): Promise<CatalogEntry | undefined> {
  const file = join(directory, folder, 'vmi.json');
  const source = await readIfPresent(file);
  if (source === undefined) return undefined;
  const result = catalogEntrySchema.safeParse(parseJson(source, file));
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${formatPath(path)}: ${message}`);
    throw invalidEntry(file, problems.join('; '));
  }
  if (result.data.id !== folder) {
    throw invalidEntry(file, `id: must be '${folder}', the name of its folder`);
  }
  return result.data;
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function parseJson(source: string, file: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw invalidEntry(file, cause instanceof Error ? cause.message : 'not JSON', cause);
  }
}

/** `standIns[0].for.kind`; the whole file when the path is empty. */
function formatPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '') || 'the whole file';
}

function invalidEntry(file: string, problems: string, cause?: unknown): PlatformError {
  const message = `${file} is not a catalog entry: ${problems}.`;
  return new PlatformError('invalid-argument', message, { subject: file, cause });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
