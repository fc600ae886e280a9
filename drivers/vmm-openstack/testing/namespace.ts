import { readFile, readlink, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pollUntil, systemClock } from '@trencadis/clock';
import { execa } from 'execa';
import { bed } from './root-filesystem.ts';

export interface NamespaceOptions {
  /** Lowest last. */
  readonly layers: readonly string[];
  /** Holds the layer that is written, and the root that is entered. */
  readonly directory: string;
  /** Of the services, as the catalog tells it. */
  readonly address: string;
  readonly script: 'prepare.sh' | 'serve.sh';
}

/**
 * Runs a script of `bed/` as pid 1 in mount, pid, host name and network namespaces of its own. All of them end with
 * the process, and it ends with this one, even when this one is killed.
 */
export function enterNamespace({ layers, directory, address, script }: NamespaceOptions) {
  const words = [
    'setpriv --pdeathsig KILL',
    'unshare --mount --uts --net --pid --fork --kill-child --propagation private',
    'bash',
  ].flatMap((each) => each.split(' '));
  const places = ['upper', 'work', 'root'].map((name) => join(directory, name));
  const entry = [join(bed, 'enter.sh'), layers.join(':'), ...places];
  const inside = [`ADDRESS=${address}`, 'bash', `/opt/bed/${script}`];
  const [command = '', ...args] = [...words, ...entry, ...inside];
  return execa(command, args, { all: true, reject: false, stdin: 'ignore', forceKillAfterDelay: 5_000 });
}

/** A free /30 of this host for one namespace: our end and the services' end. */
export async function freeAddresses(): Promise<{ readonly host: string; readonly services: string }> {
  const { stdout } = await execa('ip', ['-4', 'route', 'show', 'table', 'all']);
  for (let third = 77; third < 120; third += 1) {
    if (!stdout.includes(`10.206.${third}.`)) {
      return { host: `10.206.${third}.1`, services: `10.206.${third}.2` };
    }
  }
  throw new Error('every range from 10.206.77.0/30 to 10.206.119.0/30 is in use on this host');
}

/** A cable from here into the namespace of that process; it is gone with either end. */
export async function cable(pid: number, addresses: { host: string; services: string }): Promise<void> {
  const own = await readlink('/proc/self/ns/net');
  const isApart = async () => ((await readlink(`/proc/${pid}/ns/net`)) === own ? undefined : true);
  await pollUntil(isApart, { clock: systemClock, everyMs: 20, deadlineMs: 10_000 });
  const link = `tros${pid}`;
  await execa('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)]);
  await execa('ip', ['address', 'add', `${addresses.host}/30`, 'dev', link]);
  await execa('ip', ['link', 'set', link, 'up']);
  const inside = ['-t', String(pid), '-n', 'ip'];
  await execa('nsenter', [...inside, 'address', 'add', `${addresses.services}/30`, 'dev', 'eth0']);
  await execa('nsenter', [...inside, 'link', 'set', 'eth0', 'up']);
}

/** The ends of the services' logs, for the message of a start that failed. */
export async function logEnds(directory: string): Promise<string> {
  const folder = join(directory, 'upper/var/log');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.startsWith('run-'));
  const ends = names.map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    return `${name}: ${text.trim().split('\n').slice(-3).join('\n  ')}`;
  });
  return (await Promise.all(ends)).join('\n');
}
