import { randomBytes, webcrypto } from 'node:crypto';
import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { PemConverter } from './x509.ts';

export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Machines of one infrastructure may start with clocks that differ by minutes. */
const clockSkewMs = 10 * 60_000;
const dayMs = 24 * 60 * 60_000;

export async function newKeyPair(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

export async function privateKeyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
}

export function validity(clock: Clock, days: number): { notBefore: Date; notAfter: Date } {
  const now = clock.now().getTime();
  return { notBefore: new Date(now - clockSkewMs), notAfter: new Date(now + days * dayMs) };
}

/** 127 random bits, positive and not zero (RFC 5280, 4.1.2.2), as hexadecimal. */
export function randomSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString('hex');
}

/** A distinguished name of one common name; the library would read syntax in anything but plain characters. */
export function subject(commonName: string): { CN: string[] }[] {
  if (!/^[A-Za-z0-9][A-Za-z0-9 .:-]{0,63}$/.test(commonName)) {
    throw new PlatformError(
      'invalid-argument',
      `'${commonName}' cannot be a certificate's common name: use 1 to 64 letters, digits, spaces, '.', ':' or '-'.`,
      { subject: commonName },
    );
  }
  return [{ CN: [commonName] }];
}
