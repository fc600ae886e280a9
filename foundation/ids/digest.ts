import { createHash } from 'node:crypto';
import type { Sha256 } from './id-registry.ts';

/** SHA-256 (FIPS 180-4) as lower-case hexadecimal. */
export function sha256OfBytes(bytes: Uint8Array): Sha256 {
  return createHash('sha256').update(bytes).digest('hex') as Sha256;
}

export function sha256OfText(text: string): Sha256 {
  return sha256OfBytes(Buffer.from(text, 'utf8'));
}

/** Of JSON data, whatever the order of its objects' keys: a store may give them back in another one. */
export function sha256OfJson(value: unknown): Sha256 {
  return sha256OfText(JSON.stringify(value, sortKeys));
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
