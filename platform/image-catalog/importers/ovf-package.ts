import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import { Parser, type ReadEntry } from 'tar';
import { readBoundedFile } from './source-files.ts';

/** By algorithm of a manifest. */
export type Digests = Readonly<Record<'SHA1' | 'SHA256' | 'SHA512', string>>;

/** An envelope with the files that belong to it, from a directory (`.ovf`) or an archive (`.ova`). */
export interface OvfPackage {
  readonly descriptorName: string;
  readonly descriptor: string;
  /** Text of the `.mf` file, if there is one. */
  readonly manifest?: string;
  /** Of a file of the package; throws `not-found`. */
  digestsOf(fileName: string, signal: AbortSignal): Promise<Digests>;
  locationOf(fileName: string): string;
}

const maxTextBytes = 2 ** 20;
const maxEntries = 1000;
const algorithms = ['SHA1', 'SHA256', 'SHA512'] as const;

export async function openOvf(file: string, signal: AbortSignal): Promise<OvfPackage> {
  const descriptor = await readBoundedFile(file, maxTextBytes, signal);
  const manifest = await readIfPresent(file.replace(/\.ovf$/i, '.mf'), signal);
  const locationOf = (fileName: string): string => join(dirname(file), fileName);
  return {
    descriptorName: basename(file),
    descriptor,
    ...(manifest === undefined ? {} : { manifest }),
    locationOf,
    digestsOf: async (fileName, abort) => await digestFile(locationOf(fileName), abort),
  };
}

/** Reads the archive once: texts are kept, the rest is only digested. */
export async function openOva(file: string, signal: AbortSignal): Promise<OvfPackage> {
  const texts = new Map<string, string>();
  const digests = new Map<string, Digests>();
  await readArchive(file, signal, (name, entry) => takeEntry({ file, name, entry }, texts, digests));
  const descriptorName = [...texts.keys()].find((name) => /\.ovf$/i.test(name));
  const descriptor = descriptorName === undefined ? undefined : texts.get(descriptorName);
  if (descriptorName === undefined || descriptor === undefined)
    throw wrongArchive(file, 'it has no .ovf file');
  const manifest = [...texts].find(([name]) => /\.mf$/i.test(name))?.[1];
  return {
    descriptorName,
    descriptor,
    ...(manifest === undefined ? {} : { manifest }),
    locationOf: (fileName) => `${file}#${fileName}`,
    digestsOf: async (fileName) => {
      const found = digests.get(fileName);
      if (found !== undefined) return found;
      throw new PlatformError('not-found', `${file} has no ${fileName}, which its descriptor names.`, {
        subject: file,
      });
    },
  };
}

interface FoundEntry {
  readonly file: string;
  readonly name: string;
  readonly entry: ReadEntry;
}

function takeEntry(
  { file, name, entry }: FoundEntry,
  texts: Map<string, string>,
  digests: Map<string, Digests>,
): PlatformError | undefined {
  const isText = /\.(?:ovf|mf)$/i.test(name);
  if (digests.has(name)) return wrongArchive(file, `it has ${name} twice`);
  if (digests.size >= maxEntries) return wrongArchive(file, `it has more than ${maxEntries} files`);
  if (isText && entry.size > maxTextBytes)
    return wrongArchive(file, `${name} has more than ${maxTextBytes} bytes`);
  const digester = createDigester();
  const chunks: Buffer[] = [];
  entry.on('data', (chunk: Buffer) => {
    digester.update(chunk);
    if (isText) chunks.push(chunk);
  });
  entry.on('end', () => {
    digests.set(name, digester.digests());
    if (isText) texts.set(name, Buffer.concat(chunks).toString('utf8'));
  });
  return undefined;
}

type TakeEntry = (name: string, entry: ReadEntry) => PlatformError | undefined;

async function readArchive(file: string, signal: AbortSignal, take: TakeEntry): Promise<void> {
  let problem: unknown;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const isFile = entry.type === 'File' || entry.type === 'OldFile';
      problem ??= isFile ? take(entry.path.replace(/^(?:\.\/+)+/, ''), entry) : undefined;
      if (!isFile || problem !== undefined) entry.resume();
    },
  });
  parser.on('error', (error) => (problem ??= wrongArchive(file, 'it is not a whole tar archive', error)));
  try {
    for await (const chunk of createReadStream(file, { signal })) {
      if (problem !== undefined) throw problem;
      if (!parser.write(chunk as Buffer)) await once(parser, 'drain', { signal });
    }
    const ended = once(parser, 'end', { signal });
    parser.end();
    await ended;
  } catch (error) {
    signal.throwIfAborted();
    throw problem ?? missingOr(error, file);
  }
  if (problem !== undefined) throw problem;
}

async function digestFile(file: string, signal: AbortSignal): Promise<Digests> {
  const digester = createDigester();
  try {
    for await (const chunk of createReadStream(file, { signal })) digester.update(chunk as Buffer);
  } catch (error) {
    signal.throwIfAborted();
    throw missingOr(error, file);
  }
  return digester.digests();
}

function createDigester() {
  const hashes = algorithms.map((name) => [name, createHash(name.toLowerCase())] as const);
  return {
    update: (chunk: Buffer): void => hashes.forEach(([, hash]) => hash.update(chunk)),
    digests: () =>
      Object.fromEntries(hashes.map(([name, hash]) => [name, hash.digest('hex')])) as unknown as Digests,
  };
}

async function readIfPresent(file: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await readBoundedFile(file, maxTextBytes, signal);
  } catch (error) {
    if (isPlatformError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}

function missingOr(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') return error;
  return new PlatformError('not-found', `There is no file ${file}.`, { subject: file, cause: error });
}

function wrongArchive(file: string, problem: string, cause?: unknown): PlatformError {
  const message = `${file} is not an OVA archive: ${problem}.`;
  return new PlatformError('invalid-argument', message, { subject: file, cause });
}
