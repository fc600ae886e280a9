import { createHash } from 'node:crypto';
import type { Sha256 } from './id-registry.ts';

/** SHA-256 (FIPS 180-4) as lower-case hexadecimal. */
export function sha256OfBytes(bytes: Uint8Array): Sha256 {
  return createHash('sha256').update(bytes).digest('hex') as Sha256;
}

export function sha256OfText(text: string): Sha256 {
  return sha256OfBytes(Buffer.from(text, 'utf8'));
}
