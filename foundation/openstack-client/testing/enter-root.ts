import { join } from 'node:path';
import { execa } from 'execa';
import { ownScripts } from './prepare-root.ts';

export interface Entry {
  readonly hostName: string;
  /** Lowest last. */
  readonly layers: readonly string[];
  /** Holds the layer that is written, and the root that is entered. */
  readonly directory: string;
  readonly script: 'prepare.sh' | 'serve.sh';
  /** Of the services, as the catalog tells it: `ADDRESS` of the script. */
  readonly address?: string;
  /** Whose network it shares; absent: one of its own, without a way out. */
  readonly beside?: number | undefined;
}

/**
 * Runs a bed's script as pid 1 in mount, pid and host name namespaces of its own. All of them end with the process, and
 * it ends with this one, even when this one is killed.
 */
export function enterRoot({ hostName, layers, directory, script, address, beside }: Entry) {
  const words = [
    'setpriv --pdeathsig KILL',
    ...(beside === undefined ? [] : [`nsenter --net=/proc/${beside}/ns/net`]),
    `unshare --mount --uts --pid ${beside === undefined ? '--net ' : ''}--fork --kill-child --propagation private`,
    'bash',
  ].flatMap((each) => each.split(' '));
  const places = ['upper', 'work', 'root'].map((name) => join(directory, name));
  const variables = address === undefined ? [] : [`ADDRESS=${address}`];
  const inside = [...variables, 'bash', `/opt/bed/${script}`];
  const entry = [join(ownScripts, 'enter.sh'), hostName, layers.join(':'), ...places];
  const [command = '', ...args] = [...words, ...entry, ...inside];
  return execa(command, args, { all: true, reject: false, stdin: 'pipe', forceKillAfterDelay: 5_000 });
}

export type Entered = ReturnType<typeof enterRoot>;
