import { type KeyObject, createPublicKey, verify } from 'node:crypto';
import { PlatformError } from '@trencadis/errors';

/** A public key in minisign's format: `base64("Ed" || key id (8 bytes) || Ed25519 public key (32 bytes))`. */
export interface MinisignKey {
  readonly keyId: string;
  readonly key: KeyObject;
}

/** A `.minisig` file: the signature of the content's BLAKE2b-512, and one of that signature with the trusted comment. */
export interface MinisignSignature {
  readonly keyId: string;
  readonly trustedComment: string;
  readonly signature: Buffer;
  readonly globalSignature: Buffer;
}

const commentPrefix = 'untrusted comment: ';
const signatureFile = /^untrusted comment: .*\r?\n(.+)\r?\ntrusted comment: (.*?)\r?\n(.+?)\s*$/;

/** All the keys of a text: `.pub` files one after the other, or bare keys, one a line or between commas. */
export function parseMinisignKeys(text: string): readonly MinisignKey[] {
  const lines = text.split(/\r?\n/).filter((line) => !line.startsWith(commentPrefix));
  const keys = lines.flatMap((line) => line.split(/[\s,]+/)).filter((part) => part !== '');
  return keys.map(parseKey);
}

function parseKey(text: string): MinisignKey {
  const bytes = decode(text, 42);
  if (bytes?.toString('latin1', 0, 2) !== 'Ed') {
    const message = `'${text}' is not a minisign public key: give the second line of a .pub file.`;
    throw new PlatformError('invalid-argument', message, { subject: text });
  }
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(10).toString('base64url') };
  return { keyId: keyIdOf(bytes), key: createPublicKey({ key: jwk, format: 'jwk' }) };
}

/** Throws `invalid-argument` for what is no `.minisig` file, and for signatures of whole contents, which need all of it in memory. */
export function parseMinisignSignature(text: string): MinisignSignature {
  const [, first = '', trustedComment = '', second = ''] = signatureFile.exec(text) ?? [];
  const head = decode(first, 74);
  const globalSignature = decode(second, 64);
  if (head === undefined || globalSignature === undefined) throw invalid('it is not a .minisig file');
  const algorithm = head.toString('latin1', 0, 2);
  if (algorithm === 'Ed') throw invalid("it is of minisign's old kind; sign again without -l");
  if (algorithm !== 'ED') throw invalid('its algorithm is not known');
  return { keyId: keyIdOf(head), trustedComment, signature: head.subarray(10), globalSignature };
}

/** Whether that key signed the content with this BLAKE2b-512 (RFC 7693), and the comment. */
export function isSignedBy(given: MinisignSignature, { keyId, key }: MinisignKey, blake2b: Buffer): boolean {
  const { signature, globalSignature, trustedComment } = given;
  const stated = Buffer.concat([signature, Buffer.from(trustedComment, 'utf8')]);
  return (
    keyId === given.keyId &&
    verify(null, blake2b, key, signature) &&
    verify(null, stated, key, globalSignature)
  );
}

/** Base64 is read leniently by Buffer, so the text must be exactly what these bytes are written as. */
function decode(text: string, byteCount: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === byteCount && bytes.toString('base64') === text ? bytes : undefined;
}

/** Little-endian, as minisign prints it. */
function keyIdOf(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(2, 10)).reverse().toString('hex').toUpperCase();
}

function invalid(problem: string): PlatformError {
  return new PlatformError('invalid-argument', `The signature cannot be used: ${problem}.`);
}
