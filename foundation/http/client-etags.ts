import type { Response } from 'undici';
import { type AnyInput, type CallOptions, type Place, call, jsonOf, strangeAnswer } from './client-call.ts';

interface JsonCallOptions extends CallOptions {
  readonly idempotencyKey?: string;
  readonly known?: unknown;
}

/** Beside the answers, so that they are nothing but what the contract says. */
const etags = new WeakMap<object, string>();

/** The ETag that came with this answer of a client (the object itself, not a copy): to be given as `ifMatch`. */
export function etagOf(answer: object): string | undefined {
  return etags.get(answer);
}

export function jsonAnswer({ route, connection }: Place) {
  return async (input: AnyInput, options: JsonCallOptions = {}) => {
    const { signal, known, idempotencyKey } = options;
    const knownEtag = isObject(known) ? etagOf(known) : undefined;
    const headers = {
      ...(knownEtag === undefined ? {} : { 'if-none-match': knownEtag }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': JSON.stringify(idempotencyKey) }),
    };
    const response = await call({ route, connection }, input, {
      headers,
      ...(signal === undefined ? {} : { signal }),
      ...(knownEtag === undefined ? {} : { otherStatus: 304 }),
    });
    if (response.status === 304) return known;
    const parsed = route.response.safeParse(await jsonOf(response, connection));
    if (!parsed.success) throw strangeAnswer(response, connection, parsed.error);
    remember(parsed.data, response);
    return parsed.data;
  };
}

function remember(answer: unknown, response: Response): void {
  const etag = response.headers.get('etag');
  if (etag !== null && isObject(answer)) etags.set(answer, etag);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
