import { Readable } from 'node:stream';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import { Agent, type Response, fetch } from 'undici';
import type { ByteRange, DownloadedBytes } from './bytes.ts';
import type { Contract, Route, RouteAnswer, RouteInput } from './contract.ts';
import { readNdjson } from './ndjson.ts';
import { errorOfProblem, problemSchema } from './problem.ts';

export interface ClientOptions {
  /** Of the server, without a path: `https://10.0.0.5:8443`. */
  readonly baseUrl: string;
  /** The bearer token, or where to get the current one. */
  readonly token?: string | (() => Promise<string>);
  /** The only authority (PEM) whose certificates are accepted; the system's own authorities without. */
  readonly authorityPem?: string;
  /** For the answer to begin (a stream may last longer); default 30 s. */
  readonly timeoutMs?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/**
 * One method a route. A method throws what the server threw; `unavailable` when there is no server or no answer
 * in time; the signal's own reason when the caller aborts.
 */
export type Client<Routes extends Contract> = {
  readonly [Name in keyof Routes]: (
    input: RouteInput<Routes[Name]>,
    options?: CallOptions,
  ) => RouteAnswer<Routes[Name]>;
} & AsyncDisposable;

export function createClient<Routes extends Contract>(
  contract: Routes,
  options: ClientOptions,
): Client<Routes> {
  const agent = new Agent({
    connect: { timeout: 10_000, ...(options.authorityPem === undefined ? {} : { ca: options.authorityPem }) },
  });
  const methods = Object.entries(contract).map(([name, route]) => [
    name,
    methodOf(route, { ...options, agent }),
  ]);
  const dispose = { [Symbol.asyncDispose]: async () => await agent.destroy() };
  return Object.assign(Object.fromEntries(methods), dispose) as Client<Routes>;
}

interface Connection extends ClientOptions {
  readonly agent: Agent;
}

type Values = Readonly<Record<string, string | number | boolean | undefined>>;
interface AnyInput {
  readonly params?: Values;
  readonly query?: Values;
  readonly body?: unknown;
  readonly bytes?: AsyncIterable<Uint8Array>;
  readonly range?: ByteRange;
}

function methodOf(route: Route, connection: Connection) {
  if (route.stream === true) {
    return async function* streamItems(input: AnyInput, options: CallOptions = {}) {
      const response = await call(route, connection, input, options);
      if (response.body !== null)
        yield* guarded(readNdjson(response.body, route.response), connection, options);
    };
  }
  if (route.download === true) {
    return async (input: AnyInput, options: CallOptions = {}) =>
      downloaded(await call(route, connection, input, options), connection, options);
  }
  return async (input: AnyInput, options: CallOptions = {}) => {
    const response = await call(route, connection, input, options);
    const parsed = route.response.safeParse(await bodyOf(response, connection));
    if (parsed.success) return parsed.data;
    throw strangeAnswer(response, connection, parsed.error);
  };
}

async function call(
  route: Route,
  connection: Connection,
  input: AnyInput,
  { signal }: CallOptions,
): Promise<Response> {
  const timeout = new AbortController();
  // The answer to an upload begins when all bytes have been sent, however long that takes.
  const timeoutMs = input.bytes === undefined ? (connection.timeoutMs ?? 30_000) : undefined;
  const giveUp = () => timeout.abort(new Error('no answer in time'));
  const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs);
  try {
    const response = await fetch(urlOf(route, connection, input), {
      method: route.method,
      headers: await headersOf(connection, input),
      ...contentOf(input),
      signal: AbortSignal.any(signal === undefined ? [timeout.signal] : [timeout.signal, signal]),
      dispatcher: connection.agent,
      redirect: 'manual',
    });
    if (response.status === statusOf(route, input)) return response;
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

function downloaded(response: Response, connection: Connection, options: CallOptions): DownloadedBytes {
  const sizeBytes = Number(response.headers.get('content-length'));
  const body: AsyncIterable<Uint8Array> = response.body ?? Readable.from([]);
  return { sizeBytes, bytes: guarded(body, connection, options) };
}

async function headersOf({ token }: Connection, input: AnyInput): Promise<Record<string, string>> {
  const text = typeof token === 'function' ? await token() : token;
  return {
    ...(text === undefined ? {} : { authorization: `Bearer ${text}` }),
    ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(input.bytes === undefined ? {} : { 'content-type': 'application/octet-stream' }),
    ...(input.range === undefined ? {} : { range: `bytes=${input.range.start}-${input.range.end ?? ''}` }),
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
  const problem = problemSchema.safeParse(await bodyOf(response, connection));
  if (problem.success) return errorOfProblem(problem.data);
  return strangeAnswer(response, connection, problem.error);
}

async function bodyOf(response: Response, connection: Connection): Promise<unknown> {
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
function strangeAnswer({ status }: Response, { baseUrl }: Connection, cause: unknown): PlatformError {
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

function translate(error: unknown, { baseUrl }: Connection, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (isPlatformError(error)) return error;
  const reason = reasonOf(error);
  return new PlatformError('unavailable', `Cannot reach ${baseUrl}: ${reason}.`, {
    subject: baseUrl,
    cause: error,
  });
}

/** The innermost cause says it best: undici's own message is always "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reasonOf(error.cause);
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}
