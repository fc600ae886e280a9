import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ShellEndpoint } from '@trencadis/contextualization';
import { execa } from 'execa';

/**
 * OpenSSH with key files that live as long as the session, and for each machine on the way only the host keys that the
 * platform knows. Answers its exit code.
 */
export async function openShell(endpoint: ShellEndpoint, command: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-ssh-'));
  try {
    const config = join(folder, 'config');
    const hops = hopsTo(endpoint);
    await Promise.all(hops.map(async (hop, index) => await writeKeys(folder, hop, index)));
    await writeFile(config, hops.map((hop, index) => section(folder, hop, index)).join('\n'));
    const { exitCode } = await execa('ssh', ['-F', config, aliasOf(hops.length - 1), ...command], {
      stdio: 'inherit',
      reject: false,
    });
    return exitCode ?? 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first to be connected to first. */
function hopsTo({ via, ...last }: ShellEndpoint): readonly ShellEndpoint[] {
  return via ? [...hopsTo(via), last] : [last];
}

const aliasOf = (index: number): string => `hop-${index}`;

async function writeKeys(
  folder: string,
  { privateKey, hostKeys }: ShellEndpoint,
  index: number,
): Promise<void> {
  await writeFile(join(folder, `key-${index}`), `${privateKey.trimEnd()}\n`, { mode: 0o600 });
  const lines = hostKeys.map((key) => `${aliasOf(index)} ${key}\n`);
  await writeFile(join(folder, `known_hosts-${index}`), lines.join(''));
}

/** ssh_config(5). By the alias, two machines of one address on different networks are told apart. */
function section(folder: string, { host, port, user }: ShellEndpoint, index: number): string {
  const lines = [
    `HostName ${quoted(host)}`,
    `HostKeyAlias ${aliasOf(index)}`,
    `Port ${port}`,
    `User ${quoted(user)}`,
    `IdentityFile ${quoted(join(folder, `key-${index}`))}`,
    `UserKnownHostsFile ${quoted(join(folder, `known_hosts-${index}`))}`,
    'GlobalKnownHostsFile none',
    'StrictHostKeyChecking yes',
    'IdentitiesOnly yes',
    'LogLevel ERROR',
    ...(index > 0 ? [`ProxyJump ${aliasOf(index - 1)}`] : []),
  ];
  return `Host ${aliasOf(index)}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

const quoted = (text: string): string => `"${text}"`;
