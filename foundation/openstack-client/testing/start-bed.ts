import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newUuid } from '@trencadis/ids';
import { type Entered, enterRoot } from './enter-root.ts';
import { type Lines, linesOf } from './lines-of.ts';
import { type Bed, preparedLayer, removeStale, rootFilesystem, runsOf } from './prepare-root.ts';

export interface BedPlace {
  /** Of the services, as the catalog tells it. */
  readonly address: string;
  /** A process whose network they share; absent: a network of their own. */
  readonly beside?: number;
  /** Leads into their network as soon as the process has it. */
  readonly connect?: (pid: number) => Promise<void>;
}

export interface RunningBed {
  /** Of its place. */
  readonly address: string;
  readonly pid: number;
  /** Gives `serve.sh` a line; resolves when it has said `done`. One after the other. */
  readonly tell: (line: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Needs root and mmdebstrap. From nothing minutes; afterwards half of one at most. Its place is chosen when all is prepared. */
export async function startBed(bed: Bed, choosePlace: () => Promise<BedPlace>): Promise<RunningBed> {
  await removeStale(bed);
  const root = await rootFilesystem(bed);
  const layer = await preparedLayer(bed, root, (draft) => prepare(bed, root, draft));
  const directory = join(runsOf(bed), `${newUuid().slice(0, 8)}.${process.pid}`);
  await mkdir(directory, { recursive: true });
  const { connect, ...place } = await choosePlace();
  const entry = { hostName: bed.name, layers: [join(layer, 'upper'), root], directory };
  const subprocess = enterRoot({ ...entry, script: 'serve.sh', ...place });
  const said = linesOf(subprocess);
  const stop = async () => {
    subprocess.kill('SIGKILL');
    await subprocess;
    // The last of its daemons may still be writing for a moment.
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    const { pid } = subprocess;
    if (pid === undefined) throw new Error('its namespaces could not be made');
    await Promise.all([said.until('ready'), connect?.(pid)]);
    return { address: place.address, pid, tell: teller(subprocess, said), stop };
  } catch (error) {
    const text = `${bed.name} did not start: ${String(error)}\n${await logEnds(directory)}`;
    await stop();
    throw new Error(text, { cause: error });
  }
}

async function prepare({ name }: Bed, root: string, draft: string): Promise<void> {
  const entry = { hostName: name, layers: [root], directory: draft };
  const { exitCode, all } = await enterRoot({ ...entry, script: 'prepare.sh' });
  if (exitCode === 0) return;
  throw new Error(`${name} could not be prepared:\n${all}\n${await logEnds(draft)}`);
}

function teller(subprocess: Entered, said: Lines): RunningBed['tell'] {
  let last: Promise<void> = Promise.resolve();
  return (line) => {
    const tell = async () => {
      const done = said.until('done');
      subprocess.stdin.write(`${line}\n`);
      await done;
    };
    last = last.then(tell, tell);
    return last;
  };
}

/** The ends of the services' logs, for the message of a start that failed. */
async function logEnds(directory: string): Promise<string> {
  const folder = join(directory, 'upper/var/log');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^(run-|sync)/.test(name));
  const ends = names.map(async (name) => {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    return `${name}: ${text.trim().split('\n').slice(-5).join('\n  ')}`;
  });
  return (await Promise.all(ends)).join('\n');
}
