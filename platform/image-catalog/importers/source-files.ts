import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PlatformError } from '@trencadis/errors';

/** Text files below a directory or a URL, by their relative path. */
export interface SourceFiles {
  readonly root: string;
  /** UTF-8. Throws `invalid-argument` above `maxBytes`, `not-found`, `unavailable`. */
  readText(path: string, maxBytes: number, signal: AbortSignal): Promise<string>;
  /** Absolute path or URL. */
  locationOf(path: string): string;
}

const timeoutMs = 60_000;

export function openSourceFiles(source: string): SourceFiles {
  return /^https?:\/\//i.test(source) ? urlFiles(source) : directoryFiles(source);
}

/** Below the root, whatever the document that names it: neither absolute, nor up, nor of another server. */
export function isInnerPath(path: string): boolean {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(path);
  const parts = path.split('/');
  return (
    path !== '' && !hasScheme && !path.startsWith('/') && !/[\\\0?#]/.test(path) && !parts.includes('..')
  );
}

function directoryFiles(source: string): SourceFiles {
  const root = resolve(source);
  const locationOf = (path: string): string => join(root, path);
  return {
    root,
    locationOf,
    readText: (path, maxBytes, signal) => readBoundedFile(locationOf(path), maxBytes, signal),
  };
}

export async function readBoundedFile(file: string, maxBytes: number, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size > maxBytes) throw tooLarge(file, maxBytes);
    return await handle.readFile({ encoding: 'utf8', signal });
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new PlatformError('not-found', `There is no file ${file}.`, { subject: file, cause });
  }
}

function urlFiles(source: string): SourceFiles {
  const root = source.endsWith('/') ? source : `${source}/`;
  const locationOf = (path: string): string =>
    new URL(path.split('/').map(encodeURIComponent).join('/'), root).href;
  return {
    root,
    locationOf,
    readText: async (path, maxBytes, signal) => await fetchText(locationOf(path), maxBytes, signal),
  };
}

async function fetchText(url: string, maxBytes: number, signal: AbortSignal): Promise<string> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const response = await fetch(url, { signal: bounded, redirect: 'error' });
    if (!response.ok) throw refused(url, response.status);
    return await readBody(url, response, maxBytes);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof PlatformError) throw cause;
    const message = `Cannot read ${url}: it does not answer within ${timeoutMs / 1000} s, or redirects; give the address where it is.`;
    throw new PlatformError('unavailable', message, { subject: url, cause });
  }
}

async function readBody(url: string, response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) throw tooLarge(url, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refused(url: string, status: number): PlatformError {
  const isMissingThere = status === 404 || status === 410;
  const message = isMissingThere
    ? `There is no ${url}.`
    : `Cannot read ${url}: the server answers ${status}.`;
  return new PlatformError(isMissingThere ? 'not-found' : 'unavailable', message, { subject: url });
}

function tooLarge(place: string, maxBytes: number): PlatformError {
  const message = `${place} has more than ${maxBytes} bytes, which is more than such a file may have.`;
  return new PlatformError('invalid-argument', message, { subject: place });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
