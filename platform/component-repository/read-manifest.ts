import { open } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import { type ReadEntry, list } from 'tar';
import { serviceManifestSchema } from './component-schema.ts';
import { describeIssues } from './describe-issues.ts';
import type { ServiceManifest } from './model.ts';

const manifestName = 'component.json';
const maxManifestBytes = 65_536;

/**
 * The manifest `component.json` at the root of a `gar`, the gzip-compressed tar at that path. Throws `invalid-argument` naming the
 * archive and the field when it is missing or wrong, when the archive is damaged, or when an entry would be unpacked
 * outside its folder.
 */
export async function readManifest(fileName: string, path: string): Promise<ServiceManifest> {
  const source = await readManifestText(fileName, path);
  if (source === undefined) {
    throw invalidGar(fileName, `it has no ${manifestName} at its root`);
  }
  const result = serviceManifestSchema.safeParse(parseJson(fileName, source));
  if (result.success) return result.data;
  throw invalidGar(fileName, `${manifestName} is wrong: ${describeIssues(result.error)}`);
}

async function readManifestText(fileName: string, path: string): Promise<string | undefined> {
  if (!(await isGzip(path))) throw invalidGar(fileName, 'it is not compressed with gzip');
  const problems: string[] = [];
  const chunks: Buffer[] = [];
  let isFound = false;
  const onReadEntry = (entry: ReadEntry): void => {
    const problem = findEntryProblem(entry);
    if (problem !== undefined) problems.push(problem);
    if (problem !== undefined || normalize(entry.path) !== manifestName) return;
    isFound = true;
    chunks.length = 0;
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
  };
  try {
    await list({ file: path, strict: true, onReadEntry });
  } catch (error) {
    throw invalidGar(fileName, problems[0] ?? 'it is not a whole tar archive', error);
  }
  if (problems[0] !== undefined) throw invalidGar(fileName, problems[0]);
  return isFound ? Buffer.concat(chunks).toString('utf8') : undefined;
}

async function isGzip(path: string): Promise<boolean> {
  await using file = await open(path, 'r');
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return buffer[0] === 0x1f && buffer[1] === 0x8b;
}

function findEntryProblem(entry: ReadEntry): string | undefined {
  const path = entry.path;
  if (path.startsWith('/') || path.split('/').includes('..')) {
    return `its entry '${path}' would be unpacked outside its folder`;
  }
  if (normalize(path) !== manifestName) return undefined;
  if (entry.type !== 'File' && entry.type !== 'OldFile') return `${manifestName} is not a file`;
  if (entry.size > maxManifestBytes) return `${manifestName} has more than ${maxManifestBytes} bytes`;
  return undefined;
}

/** `tar -C folder .` writes `./component.json`. */
function normalize(path: string): string {
  return path.replace(/^(\.\/+)+/, '');
}

function parseJson(fileName: string, source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw invalidGar(fileName, `${manifestName} is not JSON`, error);
  }
}

function invalidGar(fileName: string, problem: string, cause?: unknown): PlatformError {
  const message = `${fileName} is not a service archive: ${problem}.`;
  return new PlatformError('invalid-argument', message, { subject: fileName, cause });
}
