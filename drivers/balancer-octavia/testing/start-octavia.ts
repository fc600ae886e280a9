import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { newUuid } from '@trencadis/ids';
import { execa } from 'execa';
import { bed, octaviaRoot, preparedLayer, removeStale, runs } from './octavia-root.ts';

/** An OpenStack that runs here already. */
export interface RunningCloud {
  /** A process in its network namespace. */
  readonly pid: number;
  /** Of Keystone. */
  readonly endpoint: string;
}

export interface RunningOctavia {
  /** Tells Octavia how members are, as a provider does: `ONLINE`, `ERROR`... */
  readonly report: (statuses: Readonly<Record<string, string>>) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const readyMs = 240_000;

/**
 * Octavia's API and worker, and Barbican, from Debian's packages, beside a running OpenStack: in its network, known to its
 * Keystone. The worker takes everything through its states and makes no machines, so that nothing balances; VIP ports
 * are Neutron's. Needs root and mmdebstrap. From nothing two minutes; afterwards ten seconds.
 */
export async function startOctavia(cloud: RunningCloud): Promise<RunningOctavia> {
  await removeStale();
  const root = await octaviaRoot();
  const layer = await preparedLayer(root, (draft) => prepare(root, draft));
  const directory = join(runs, `${newUuid().slice(0, 8)}.${process.pid}`);
  await mkdir(directory, { recursive: true });
  const layers = [join(layer, 'upper'), root];
  const address = new URL(cloud.endpoint).hostname;
  const subprocess = enter({ layers, directory, address, script: 'serve.sh', beside: cloud.pid });
  const said = linesOf(subprocess);
  const stop = async () => {
    subprocess.kill('SIGKILL');
    await subprocess;
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    await said.until('ready');
  } catch (error) {
    const text = `Octavia did not start: ${String(error)}\n${await logEnds(directory)}`;
    await stop();
    throw new Error(text, { cause: error });
  }
  return { report: reporter(subprocess, said), stop };
}

/** One after the other: each answer is the next line that says `done`. */
function reporter(subprocess: Entered, said: Lines): RunningOctavia['report'] {
  let last: Promise<void> = Promise.resolve();
  return (statuses) => {
    const report = async () => {
      const done = said.until('done');
      subprocess.stdin.write(`${Object.entries(statuses).flat().join(' ')}\n`);
      await done;
    };
    last = last.then(report, report);
    return last;
  };
}

async function prepare(root: string, draft: string): Promise<void> {
  const { exitCode, all } = await enter({
    layers: [root],
    directory: draft,
    address: '127.0.0.1',
    script: 'prepare.sh',
  });
  if (exitCode === 0) return;
  throw new Error(`Octavia could not be prepared:\n${all}\n${await logEnds(draft)}`);
}

interface Entry {
  /** Lowest last. */
  readonly layers: readonly string[];
  readonly directory: string;
  readonly address: string;
  readonly script: 'prepare.sh' | 'serve.sh';
  /** Whose network it shares; absent: one of its own, without a way out. */
  readonly beside?: number;
}

type Entered = ReturnType<typeof enter>;

/** Everything ends with the process, and it ends with this one, even when this one is killed. */
function enter({ layers, directory, address, script, beside }: Entry) {
  const words = [
    'setpriv --pdeathsig KILL',
    ...(beside === undefined ? [] : [`nsenter --net=/proc/${beside}/ns/net`]),
    `unshare --mount --uts --pid ${beside === undefined ? '--net ' : ''}--fork --kill-child --propagation private`,
    'bash',
  ].flatMap((each) => each.split(' '));
  const places = ['upper', 'work', 'root'].map((name) => join(directory, name));
  const inside = [`ADDRESS=${address}`, 'bash', `/opt/bed/${script}`];
  const all = [...words, join(bed, 'enter.sh'), layers.join(':'), ...places, ...inside];
  const [command = '', ...args] = all;
  return execa(command, args, { all: true, reject: false, stdin: 'pipe', forceKillAfterDelay: 5_000 });
}

interface Lines {
  /** Resolves at the next line that is this; rejects with what was said where it ends, or after a while. */
  readonly until: (line: string) => Promise<void>;
}

function linesOf(subprocess: Entered): Lines {
  const seen: string[] = [];
  const waiting = new Set<{ line: string; resolve: () => void; reject: (error: Error) => void }>();
  createInterface({ input: subprocess.all }).on('line', (line) => {
    seen.push(line);
    for (const each of waiting) if (each.line === line) each.resolve();
  });
  const failed = () => new Error(seen.slice(-20).join('\n'));
  const end = () => {
    for (const { reject } of waiting) reject(failed());
  };
  void subprocess.then(end);
  return {
    until: (line) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const one = { line, resolve, reject };
      waiting.add(one);
      const timeout = setTimeout(() => reject(failed()), readyMs);
      return promise.finally(() => {
        clearTimeout(timeout);
        waiting.delete(one);
      });
    },
  };
}

async function logEnds(directory: string): Promise<string> {
  const folder = join(directory, 'upper/var/log');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^(run-|sync)/.test(name));
  const ends = names.map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    return `${name}: ${text.trim().split('\n').slice(-5).join('\n  ')}`;
  });
  return (await Promise.all(ends)).join('\n');
}
