import type { ShellEndpoint } from '@trencadis/contextualization';

/** The pinned keys as OpenSSH's known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export function knownHosts({ host, port, hostKeys }: ShellEndpoint): string {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return hostKeys.map((key) => `${name} ${key.trim().split(/\s+/).slice(0, 2).join(' ')}\n`).join('');
}
