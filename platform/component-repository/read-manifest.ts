import { PlatformError } from '@trencadis/errors';
import { Parser, type ReadEntry } from 'tar';
import { serviceManifestSchema } from './component-schema.ts';
import { describeIssues } from './describe-issues.ts';
import type { ServiceManifest } from './model.ts';

const manifestName = 'component.json';
const maxManifestBytes = 65_536;

/**
 * The manifest `component.json` at the root of a `gar`, a gzip-compressed tar. Throws `invalid-argument` naming the
 * archive and the field when it is missing or wrong, when the archive is damaged, or when an entry would be unpacked
 * outside its folder.
 */
export async function readManifest(fileName: string, archive: Uint8Array): Promise<ServiceManifest> {
  const source = await readManifestText(fileName, archive);
  if (source === undefined) {
    throw invalidGar(fileName, `it has no ${manifestName} at its root`);
  }
  const result = serviceManifestSchema.safeParse(parseJson(fileName, source));
  if (result.success) return result.data;
  throw invalidGar(fileName, `${manifestName} is wrong: ${describeIssues(result.error)}`);
}

function readManifestText(fileName: string, archive: Uint8Array): Promise<string | undefined> {
  if (archive[0] !== 0x1f || archive[1] !== 0x8b) {
    throw invalidGar(fileName, 'it is not compressed with gzip');
  }
  return new Promise((resolve, reject) => {
    let source: string | undefined;
    const refuse = (problem: string, cause?: unknown): void => reject(invalidGar(fileName, problem, cause));
    const parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        const problem = findEntryProblem(entry);
        if (problem !== undefined) refuse(problem);
        if (normalize(entry.path) !== manifestName || problem !== undefined) {
          entry.resume();
          return;
        }
        const chunks: Buffer[] = [];
        entry.on('data', (chunk: Buffer) => chunks.push(chunk));
        entry.on('end', () => (source = Buffer.concat(chunks).toString('utf8')));
      },
    });
    parser.on('error', (error) => refuse('it is not a whole tar archive', error));
    parser.on('end', () => resolve(source));
    parser.end(Buffer.from(archive));
  });
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
