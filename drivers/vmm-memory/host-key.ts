import { createHash } from 'node:crypto';

function sshString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A well-formed `ssh-ed25519` public key line (RFC 8709) that no private key belongs to. */
export function madeUpHostKey(name: string): string {
  const point = createHash('sha256').update(name).digest();
  const blob = Buffer.concat([sshString(Buffer.from('ssh-ed25519')), sshString(point)]);
  return `ssh-ed25519 ${blob.toString('base64')}`;
}
