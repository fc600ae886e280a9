import { PlatformError } from '@trencadis/errors';
import type { LibvirtCredentials } from './credentials.ts';

/** Where libvirt is, https://libvirt.org/uri.html. */
export interface Connection {
  /** As the user gave it; without secrets, for messages. */
  readonly uri: string;
  readonly isLocal: boolean;
  readonly ssh?: { readonly privateKey: string; readonly knownHosts: string };
}

export function connectionOf(endpoint: string, credentials: LibvirtCredentials): Connection {
  const url = parse(endpoint);
  if (url.password !== '' || url.search !== '') {
    throw invalid('leave passwords and parameters out of it; keys belong into the credentials');
  }
  switch (url.protocol) {
    case 'qemu:':
    case 'test:':
      if (url.host !== '') throw invalid('a host is reached by qemu+ssh://USER@HOST/system only');
      return { uri: endpoint, isLocal: true };
    case 'qemu+ssh:':
      return { uri: endpoint, isLocal: false, ssh: keysOf(url, endpoint, credentials) };
    default:
      throw invalid(`'${url.protocol}' is not among them`);
  }
}

function keysOf(
  url: URL,
  endpoint: string,
  { sshPrivateKey, sshHostKey }: LibvirtCredentials,
): NonNullable<Connection['ssh']> {
  if (sshPrivateKey === undefined || sshHostKey === undefined) {
    const message = `The libvirt of ${endpoint} needs sshPrivateKey and sshHostKey in its credentials (ssh-keyscan shows the host's key; compare it).`;
    throw new PlatformError('invalid-argument', message, { subject: endpoint });
  }
  const host = url.port === '' ? url.hostname : `[${url.hostname}]:${url.port}`;
  const [type = '', key = ''] = sshHostKey.split(' ');
  return { privateKey: `${sshPrivateKey.trimEnd()}\n`, knownHosts: `${host} ${type} ${key}\n` };
}

function parse(endpoint: string): URL {
  try {
    return new URL(endpoint);
  } catch (error) {
    throw invalid('this is no URI', error);
  }
}

/** The given text is not repeated: somebody may have written a password into it. */
function invalid(problem: string, cause?: unknown): PlatformError {
  const message = `The endpoint of libvirt must be qemu:///system or qemu+ssh://USER@HOST/system: ${problem}.`;
  return new PlatformError('invalid-argument', message, { cause });
}

/**
 * The URI with which virsh finds the key and the program that it logs in with: of libvirt's parameters, those that name
 * known hosts are read by another transport only.
 */
export function uriWithKeys(uri: string, files: { readonly key: string; readonly program: string }): string {
  const parameters = new URLSearchParams({ keyfile: files.key, command: files.program, no_tty: '1' });
  return `${uri}?${parameters.toString()}`;
}

/** OpenSSH without anybody's settings, which trusts one host key only. `knownHosts` is a path without spaces or quotes. */
export function sshProgram(knownHosts: string): string {
  const options = [
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'GlobalKnownHostsFile=none',
    'IdentitiesOnly=yes',
    'BatchMode=yes',
    'ConnectTimeout=15',
    'ServerAliveInterval=15',
  ];
  return `#!/bin/sh\nexec ssh -F none ${options.map((each) => `-o ${each}`).join(' ')} "$@"\n`;
}
