import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { PlatformError } from '@trencadis/errors';

export interface SshKeyPair {
  /** PEM (SEC 1), read by OpenSSH and by ssh2. */
  readonly privateKey: string;
  /** One `authorized_keys` line. */
  readonly publicKey: string;
}

const algorithm = 'ecdsa-sha2-nistp256';

/** A fresh ECDSA P-256 key pair in the forms that SSH reads (RFC 5656, section 3.1). */
export function generateSshKeyPair(comment: string): SshKeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    publicKey: `${algorithm} ${publicKeyBlob(publicKey).toString('base64')} ${comment}`,
  };
}

function publicKeyBlob(key: KeyObject): Buffer {
  const { x, y } = key.export({ format: 'jwk' });
  if (x === undefined || y === undefined)
    throw new PlatformError('internal', 'A P-256 public key has no point.');
  const uncompressed = 4;
  const point = Buffer.concat([
    Buffer.of(uncompressed),
    Buffer.from(x, 'base64url'),
    Buffer.from(y, 'base64url'),
  ]);
  return Buffer.concat([Buffer.from(algorithm), Buffer.from('nistp256'), point].map(sshString));
}

/** RFC 4251, section 5: a 32-bit length, then the bytes. */
function sshString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
