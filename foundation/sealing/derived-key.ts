import { hkdfSync } from 'node:crypto';
import type { SealingKey } from './seal.ts';

/** A key of 32 bytes for another purpose (HKDF with SHA-256, RFC 5869): who has it learns nothing of the sealing key. */
export function derivedKey(key: SealingKey, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', `trencadis ${purpose}`, 32));
}
