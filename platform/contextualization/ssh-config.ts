import type { ShellEndpoint } from './model.ts';

/** What OpenSSH's client needs to go somewhere: `ssh -F FOLDER/ssh_config HOST`. */
export interface SshConfig {
  readonly host: string;
  /** By name in the folder; to be read by their owner only. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * ssh_config(5) with a section for each machine on the way. Each is known by an alias of its own: the address of one
 * machine may be that of another on the other side. Only the given keys are offered and accepted.
 */
export function sshConfigOf(endpoint: ShellEndpoint, folder: string): SshConfig {
  const hops = hopsTo(endpoint);
  const sections = hops.map((hop, index) => sectionOf(hop, index, folder));
  const keys = hops.map(({ privateKey }, index) => [`key-${index}`, `${privateKey.trimEnd()}\n`] as const);
  const known = hops.flatMap(({ hostKeys }, index) =>
    hostKeys.map((key) => `${aliasOf(index)} ${key.trim().split(/\s+/).slice(0, 2).join(' ')}\n`),
  );
  return {
    host: aliasOf(hops.length - 1),
    files: {
      ...Object.fromEntries(keys),
      'known_hosts-hops': known.join(''),
      ssh_config: sections.join('\n'),
    },
  };
}

/** The first to be connected to first. */
function hopsTo({ via, ...last }: ShellEndpoint): readonly ShellEndpoint[] {
  return via ? [...hopsTo(via), last] : [last];
}

const aliasOf = (index: number): string => `hop-${index}`;

function sectionOf({ host, port, user }: ShellEndpoint, index: number, folder: string): string {
  const lines = [
    `HostName "${host}"`,
    `HostKeyAlias ${aliasOf(index)}`,
    `Port ${port}`,
    `User "${user}"`,
    `IdentityFile "${folder}/key-${index}"`,
    `UserKnownHostsFile "${folder}/known_hosts-hops"`,
    'GlobalKnownHostsFile none',
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'IdentitiesOnly yes',
    'ServerAliveInterval 5',
    'LogLevel ERROR',
    ...(index > 0 ? [`ProxyJump ${aliasOf(index - 1)}`] : []),
  ];
  return `Host ${aliasOf(index)}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
