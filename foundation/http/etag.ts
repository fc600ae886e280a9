import { createHash } from 'node:crypto';
import { PlatformError } from '@trencadis/errors';
import type { z, ZodType } from 'zod';
import { HttpRefusal } from './http-refusal.ts';

/** An answer in JSON that was written before: made by {@link prepared} or {@link prepareJson}. */
export class Prepared {
  /** With its quotes, as in the header. */
  readonly etag: string;
  readonly json: Buffer;

  constructor(etag: string, json: Buffer) {
    this.etag = etag;
    this.json = json;
  }
}

/**
 * JSON as it is to be sent, and the strong ETag (without quotes) that changes whenever the JSON does. It is not checked
 * against the route's schema. Keep the answer and hand it back again: sending it costs no serialization.
 */
export function prepared(answer: { readonly etag: string; readonly json: string | Uint8Array }): Prepared {
  // RFC 9110, 8.8.3: visible ASCII without the quote.
  if (!/^[\x21\x23-\x7e]+$/.test(answer.etag)) {
    throw new TypeError(`'${answer.etag}' cannot be an ETag: use letters, digits and punctuation.`);
  }
  return new Prepared(`"${answer.etag}"`, Buffer.from(answer.json));
}

/** The same from a value, by the route's schema; the ETag is the digest of the JSON. */
export function prepareJson<Schema extends ZodType>(schema: Schema, value: z.output<Schema>): Prepared {
  const json = Buffer.from(JSON.stringify(schema.encode(value)));
  return new Prepared(`"${createHash('sha256').update(json).digest('base64url')}"`, json);
}

/** A parsed `If-Match`: `*` (any that exists) or ETags with their quotes. */
export type IfMatch = '*' | readonly string[];

const etagList = /^\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")*\s*$/;

/** Weak ETags are left out: by RFC 9110, 13.1.1 they match nothing here. */
export function parseIfMatch(header: string | undefined): IfMatch | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return '*';
  if (!etagList.test(header)) {
    throw new PlatformError('invalid-argument', 'The header If-Match holds no ETag: send "<etag>" or *.');
  }
  return [...header.matchAll(/(W\/)?("[^"]*")/g)].flatMap(([, weak, etag = '']) => (weak ? [] : [etag]));
}

/**
 * Throws `conflict` (412) unless the thing is still as the caller saw it. `etag` is its current one, without quotes or
 * as `prepared` has it; `undefined` when it does not exist. To be called where the change is made, under its lock.
 */
export function checkIfMatch(
  ifMatch: IfMatch | undefined,
  { etag, subject }: { readonly etag: string | undefined; readonly subject: string },
): void {
  if (ifMatch === undefined) return;
  const quoted = etag?.startsWith('"') === true ? etag : `"${etag}"`;
  const isMatch = etag !== undefined && (ifMatch === '*' || ifMatch.includes(quoted));
  if (isMatch) return;
  const text = `${subject} has changed since you read it: read it again, and ask again if you still want this.`;
  throw new HttpRefusal(412, 'conflict', text, { subject });
}

/** Whether `If-None-Match` names the ETag (RFC 9110, 13.1.2; weak comparison). */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  // Almost always exactly the one that was given.
  if (header === etag || header.trim() === '*') return true;
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
