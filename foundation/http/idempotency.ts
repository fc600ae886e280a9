import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { Sha256 } from '@trencadis/ids';
import { HttpRefusal } from './http-refusal.ts';

/** A request that was given a key. */
export interface KeyedRequest {
  /** Keys of different callers have nothing to do with each other; nor have those of different routes. */
  readonly callerId: string;
  /** Method and path of the contract: `POST /api/plans`. */
  readonly route: string;
  readonly key: string;
  /** Of all that was asked: parameters, query, body, `If-Match`. */
  readonly digest: Sha256;
}

export interface KeptAnswer {
  readonly status: number;
  /** JSON as it was sent; empty when there was no body. */
  readonly body: string;
  /** With its quotes. */
  readonly etag?: string;
}

/** What is known of the request that has the key. Without an answer it runs still, or its outcome is unknown. */
export interface EarlierRequest {
  readonly digest: Sha256;
  readonly takenAt: Date;
  readonly answer?: KeptAnswer;
}

/** From when a key is taken; then it is free. */
export const keyLifetimeMs = 24 * 3_600_000;

/** Remembers keys for {@link keyLifetimeMs}. Answers are kept as they were sent: whoever reads the store reads them. */
export interface IdempotencyStore {
  /** Takes a key that is free, for one of those who ask at the same time; else answers what is known of who has it. */
  take(request: KeyedRequest): Promise<EarlierRequest | undefined>;
  /** Keeps the answer of the request that took the key. */
  keep(request: KeyedRequest, answer: KeptAnswer): Promise<void>;
  /** Frees the key again, if this request has it and has no answer. */
  release(request: KeyedRequest): Promise<void>;
}

/** Without its quotes; the draft's header is a string of RFC 8941, and a bare word is understood too. */
export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [, quoted, bare] = /^(?:"([ !#-[\]-~]{1,255})"|([\w.~:+/=-]{1,255}))$/.exec(header) ?? [];
  const key = quoted ?? bare;
  if (key !== undefined) return key;
  const text =
    'The header Idempotency-Key is no key: send up to 255 letters, digits and marks in double quotes.';
  throw new PlatformError('invalid-argument', text);
}

/**
 * Does the work at most once for a key (draft-ietf-httpapi-idempotency-key-header). The key is taken before the work
 * begins, and the answer is kept before it is sent. So a key answers only what is known:
 * - the work succeeded: its answer, again and again;
 * - it was refused (any code but `unavailable` and `internal`, which say that nothing was done): the key is free again;
 * - the process was killed, or the work failed half-way: 409 until the key expires, for nobody knows what was done;
 * - the key came with another request: 422.
 */
export async function answerOnce(
  request: KeyedRequest,
  store: IdempotencyStore,
  work: () => Promise<KeptAnswer>,
): Promise<KeptAnswer & { readonly isReplayed: boolean }> {
  const earlier = await store.take(request);
  if (earlier !== undefined) return { ...answerOf(earlier, request), isReplayed: true };
  const answer = await workOrRelease(request, store, work);
  await store.keep(request, answer);
  return { ...answer, isReplayed: false };
}

function answerOf({ digest, takenAt, answer }: EarlierRequest, request: KeyedRequest): KeptAnswer {
  if (digest !== request.digest) {
    const text = 'This Idempotency-Key was used for another request: take a new key for a new request.';
    throw new HttpRefusal(422, 'conflict', text);
  }
  if (answer !== undefined) return answer;
  const text = `The request with this Idempotency-Key, begun at ${takenAt.toISOString()}, has no answer yet. Ask again a little later. If it was interrupted, nobody knows what it did: look, then take a new key.`;
  throw new PlatformError('conflict', text);
}

async function workOrRelease(
  request: KeyedRequest,
  store: IdempotencyStore,
  work: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  try {
    return await work();
  } catch (error) {
    if (isRefusal(error)) await store.release(request);
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return isPlatformError(error) && error.code !== 'unavailable' && error.code !== 'internal';
}
