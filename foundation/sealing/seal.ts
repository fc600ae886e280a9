import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PlatformError } from '@trencadis/errors';

declare const sealingKeyBrand: unique symbol;
/** 32 bytes, used for nothing else than sealing. */
export type SealingKey = Uint8Array & { readonly [sealingKeyBrand]: true };

const keyByteCount = 32;
const nonceByteCount = 12;
const tagByteCount = 16;
const version = 'sealed-v1';

/** A key from its base64url text, as configuration and key files carry it. Never shows the text. */
export function parseSealingKey(text: string): SealingKey {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== keyByteCount || bytes.toString('base64url') !== text.replace(/=+$/, '')) {
    throw new PlatformError(
      'invalid-argument',
      `A sealing key must be ${keyByteCount} bytes as base64url text; this one is not.`,
    );
  }
  return bytes as Uint8Array as SealingKey;
}

/**
 * Seals a small secret with AES-256-GCM (NIST SP 800-38D) under a fresh random nonce.
 * `context` says what the secret is and whose; it is not stored, and opening needs the same one, so that a
 * sealed text moved to another row does not open. Envelope: `sealed-v1.<nonce>.<ciphertext and tag>`, base64url.
 */
export function seal(plain: Uint8Array, key: SealingKey, context: string): string {
  const nonce = randomBytes(nonceByteCount);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagByteCount });
  cipher.setAAD(associatedData(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return `${version}.${nonce.toString('base64url')}.${body.toString('base64url')}`;
}

/** The secret again. A wrong key, a wrong context and a changed text are one and the same `internal` error. */
export function open(sealed: string, key: SealingKey, context: string): Buffer {
  const { nonce, body } = parseEnvelope(sealed);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagByteCount });
  decipher.setAAD(associatedData(context));
  decipher.setAuthTag(body.subarray(body.length - tagByteCount));
  const plain = decipher.update(body.subarray(0, body.length - tagByteCount));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch (cause) {
    plain.fill(0);
    throw new PlatformError(
      'internal',
      'A sealed secret does not open: it was sealed with another key, for another use, or was changed.',
      { subject: context, cause },
    );
  }
}

function associatedData(context: string): Buffer {
  return Buffer.from(`${version}\n${context}`, 'utf8');
}

function parseEnvelope(sealed: string): { nonce: Buffer; body: Buffer } {
  const [found, nonceText = '', bodyText = '', ...rest] = sealed.split('.');
  const nonce = Buffer.from(nonceText, 'base64url');
  const body = Buffer.from(bodyText, 'base64url');
  const isEnvelope = found === version && rest.length === 0;
  // Base64url is read leniently by Buffer, so the text must be exactly what these bytes are written as.
  const isCanonical = nonce.toString('base64url') === nonceText && body.toString('base64url') === bodyText;
  if (!isEnvelope || !isCanonical || nonce.length !== nonceByteCount || body.length < tagByteCount) {
    throw new PlatformError('internal', `A sealed secret is not in the form '${version}.<nonce>.<body>'.`);
  }
  return { nonce, body };
}
