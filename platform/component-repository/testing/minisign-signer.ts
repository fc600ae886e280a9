import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface MinisignSigner {
  /** The second line of its `.pub` file. */
  readonly publicKey: string;
  /** A `.minisig` file's text for that content. */
  sign(content: Uint8Array, trustedComment?: string): string;
}

/** A new key that signs as `minisign -S` does. */
export function createMinisignSigner(keyId: Uint8Array = randomBytes(8)): MinisignSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const base64 = (...parts: readonly Uint8Array[]) => Buffer.concat(parts).toString('base64');
  return {
    publicKey: base64(Buffer.from('Ed'), keyId, point),
    sign: (content, trustedComment = 'for a test') => {
      const signature = sign(null, createHash('blake2b512').update(content).digest(), privateKey);
      const globalSignature = sign(null, Buffer.concat([signature, Buffer.from(trustedComment)]), privateKey);
      return [
        'untrusted comment: signature from a test',
        base64(Buffer.from('ED'), keyId, signature),
        `trusted comment: ${trustedComment}`,
        base64(globalSignature),
        '',
      ].join('\n');
    },
  };
}
