import { Readable } from 'node:stream';
import { PlatformError, innermostCause, isPlatformError } from '@trencadis/errors';
import { type Agent, type Response, fetch } from 'undici';
import type { ByteRange, DownloadedBytes } from './bytes.ts';
import type { ClientOptions } from './client.ts';
import type { Route } from './contract.ts';
import { ndjsonMediaType, readNdjson } from './ndjson.ts';
import { errorOfProblem, problemSchema } from './problem.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface Connection extends ClientOptions {
  readonly agent: Agent;
}

/** A route at a server. */
export interface Place {
  readonly route: Route;
  readonly connection: Connection;
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>;
export interface AnyInput {
  readonly params?: Values;
  readonly query?: Values;
  readonly body?: unknown;
  readonly bytes?: AsyncIterable<Uint8Array>;
  readonly range?: ByteRange;
  readonly ifMatch?: string;
}

/** What one call sends beside its input. */
export interface Sending extends CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Accepted beside the route's own status. */
  readonly otherStatus?: number;
}

export function itemsOf({ route, connection }: Place) {
  return async function* streamItems(input: AnyInput, options: CallOptions = {}) {
    const headers = { accept: ndjsonMediaType };
    const response = await call({ route, connection }, input, { ...options, headers });
    if (response.body !== null)
      yield* guarded(readNdjson(response.body, route.response), connection, options);
  };
}

export function bytesOf({ route, connection }: Place) {
  return async (input: AnyInput, options: CallOptions = {}): Promise<DownloadedBytes> => {
    const response = await call({ route, connection }, input, options);
    const sizeBytes = Number(response.headers.get('content-length'));
    const body: AsyncIterable<Uint8Array> = response.body ?? Readable.from([]);
    return { sizeBytes, bytes: guarded(body, connection, options) };
  };
}

/** The answer once it has begun; throws unless its status is the expected one. */
export async function call(
  { route, connection }: Place,
  input: AnyInput,
  { signal, headers = {}, otherStatus }: Sending,
): Promise<Response> {
  const timeout = new AbortController();
  // The answer to an upload begins when all bytes have been sent, however long that takes.
  const timeoutMs = input.bytes === undefined ? (connection.timeoutMs ?? 30_000) : undefined;
  const giveUp = () => timeout.abort(new Error('no answer in time'));
  const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs);
  try {
    const response = await fetch(urlOf(route, connection, input), {
      method: route.method,
      headers: { ...(await headersOf(connection, input)), ...headers },
      ...contentOf(input),
      signal: AbortSignal.any(signal === undefined ? [timeout.signal] : [timeout.signal, signal]),
      dispatcher: connection.agent,
      redirect: 'manual',
    });
    if (response.status === statusOf(route, input) || response.status === otherStatus) return response;
    throw await errorOf(response, connection);
  } catch (error) {
    throw translate(error, connection, signal);
  } finally {
    clearTimeout(timer);
  }
}

function contentOf({ body, bytes }: AnyInput) {
  if (bytes !== undefined) return { body: bytes, duplex: 'half' as const };
  return { body: body === undefined ? null : JSON.stringify(body) };
}

function statusOf(route: Route, { range }: AnyInput): number {
  return range === undefined ? (route.status ?? 200) : 206;
}

async function headersOf({ token }: Connection, input: AnyInput): Promise<Record<string, string>> {
  const text = typeof token === 'function' ? await token() : token;
  return {
    ...(text === undefined ? {} : { authorization: `Bearer ${text}` }),
    ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(input.bytes === undefined ? {} : { 'content-type': 'application/octet-stream' }),
    ...(input.range === undefined ? {} : { range: `bytes=${input.range.start}-${input.range.end ?? ''}` }),
    ...(input.ifMatch === undefined ? {} : { 'if-match': input.ifMatch }),
  };
}

function urlOf(route: Route, { baseUrl }: Connection, { params = {}, query = {} }: AnyInput): URL {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

async function errorOf(response: Response, connection: Connection): Promise<PlatformError> {
  const problem = problemSchema.safeParse(await jsonOf(response, connection));
  if (problem.success) return errorOfProblem(problem.data);
  return strangeAnswer(response, connection, problem.error);
}

export async function jsonOf(response: Response, connection: Connection): Promise<unknown> {
  const text = await textOf(response, connection);
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch (cause) {
    throw strangeAnswer(response, connection, cause);
  }
}

async function textOf(response: Response, connection: Connection): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw translate(error, connection, undefined);
  }
}

/** Not one of our servers' answers: a proxy's, or another program's at that address. */
export function strangeAnswer({ status }: Response, { baseUrl }: Connection, cause: unknown): PlatformError {
  const isPassing = status === 502 || status === 503 || status === 504;
  const text = `${baseUrl} gave an answer (status ${status}) that its contract does not know: is it the right server and version?`;
  return new PlatformError(isPassing ? 'unavailable' : 'internal', text, { subject: baseUrl, cause });
}

async function* guarded<Item>(
  items: AsyncIterable<Item>,
  connection: Connection,
  { signal }: CallOptions,
): AsyncGenerator<Item> {
  try {
    yield* items;
  } catch (error) {
    throw translate(error, connection, signal);
  }
}

/** A failure to talk to the server as `unavailable`; our own errors, and the caller's reason to abort, as they are. */
export function translate(error: unknown, { baseUrl }: Connection, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (isPlatformError(error)) return error;
  const { message } = innermostCause(error);
  return new PlatformError('unavailable', `Cannot reach ${baseUrl}: ${message}.`, {
    subject: baseUrl,
    cause: error,
  });
}
