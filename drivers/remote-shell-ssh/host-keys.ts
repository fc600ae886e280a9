import type { ShellEndpoint } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import type { ServerHostKeyAlgorithm } from 'ssh2';

export interface PinnedHostKey {
  readonly type: string;
  /** The key as it goes over the wire (RFC 4253, 6.6). */
  readonly wire: Buffer;
}

/** The signature algorithms that a host may use with a key of each type (RFC 8332, 8709, 5656). */
const algorithmsOfType: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** Refuses an endpoint without keys: nothing is ever trusted at first sight. */
export function parseHostKeys({ host, hostKeys }: ShellEndpoint): readonly PinnedHostKey[] {
  if (hostKeys.length === 0) {
    const message = `No SSH host key is known for ${host}, so it cannot be told from another machine: give its public host keys.`;
    throw new PlatformError('forbidden', message, { subject: host });
  }
  return hostKeys.map((line) => parseHostKey(host, line));
}

function parseHostKey(host: string, line: string): PinnedHostKey {
  const [type = '', base64 = ''] = line.trim().split(/\s+/);
  const wire = Buffer.from(base64, 'base64');
  if (!(type in algorithmsOfType) || typeOfWire(wire) !== type) {
    const known = Object.keys(algorithmsOfType).join(', ');
    const message = `A host key given for ${host} cannot be read: write it as 'type base64', with one of the types ${known}.`;
    throw new PlatformError('invalid-argument', message, { subject: host });
  }
  return { type, wire };
}

/** Only the pinned types are asked for: a host that has several keys then shows the one that is known. */
export function hostKeyAlgorithms(pinned: readonly PinnedHostKey[]): ServerHostKeyAlgorithm[] {
  return [...new Set(pinned.flatMap(({ type }) => algorithmsOfType[type] ?? []))];
}

export function checkHostKey(pinned: readonly PinnedHostKey[], key: Buffer): boolean {
  return pinned.some(({ wire }) => wire.equals(key));
}

/** The name that every public key blob begins with (RFC 4253, 6.6). */
function typeOfWire(wire: Buffer): string | undefined {
  if (wire.length < 4) return undefined;
  return wire.subarray(4, 4 + wire.readUInt32BE(0)).toString('latin1');
}
