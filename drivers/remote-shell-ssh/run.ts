import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { RunOptions, RunResult } from '@trencadis/contextualization';
import { isPlatformError } from '@trencadis/errors';
import type { ClientChannel } from 'ssh2';
import { runFailed, runTimedOut } from './errors.ts';
import { type Link, whileLinked } from './link.ts';
import { quoteArgv } from './quote-argv.ts';
import { splitLines } from './split-lines.ts';

type Argv = readonly [string, ...string[]];

/** Runs one program to its end; on timeout or abort its process group is killed before the error is thrown. */
export async function runProgram(link: Link, argv: Argv, options: RunOptions): Promise<RunResult> {
  options.signal.throwIfAborted();
  const deadline = AbortSignal.timeout(Math.ceil(options.timeoutMs));
  const stop = AbortSignal.any([options.signal, deadline]);
  const process = new RemoteProcess(options);
  try {
    return await process.run(link, argv, stop);
  } catch (error) {
    if (stop.aborted && !link.lost.aborted) await killGroup(link, process);
    if (options.signal.aborted) throw options.signal.reason;
    if (deadline.aborted) throw runTimedOut(link.endpoint, argv[0], options.timeoutMs);
    throw isPlatformError(error) ? error : runFailed(link.endpoint, argv[0], error as Error);
  }
}

/**
 * A program whose process id is known: the login shell writes its own id as the first line of stderr and then becomes
 * the program. sshd makes that process the leader of a group, and does not kill it when a connection ends.
 */
class RemoteProcess {
  readonly #options: RunOptions;
  readonly #mark = `trencadis-${randomUUID()}`;
  readonly #started = Promise.withResolvers<number>();

  constructor(options: RunOptions) {
    this.#options = options;
  }

  /** The process id; for ever pending where the program never starts. */
  get started(): Promise<number> {
    return this.#started.promise;
  }

  async run(link: Link, argv: Argv, signal: AbortSignal): Promise<RunResult> {
    const command = `echo ${this.#mark} $$ >&2; exec ${quoteArgv(argv)}`;
    const outputs: (() => string)[] = [];
    const exitCode = await whileLinked<number>(link, signal, (done) => {
      link.client.exec(command, (error, channel) => {
        if (error) return done(error, 0);
        // Here and not after an await: the whole life of a short program may be in the packet being read.
        followToExit(channel, done);
        outputs.push(this.#collect(channel, 'stdout'), this.#collect(channel.stderr, 'stderr'));
        channel.end(this.#options.stdin ?? '');
      });
    });
    const [stdout = '', stderr = ''] = outputs.map((read) => read());
    return { exitCode, stdout, stderr: stderr.replace(this.#markLine, '') };
  }

  get #markLine(): RegExp {
    return new RegExp(`^${this.#mark} (\\d+)\\n`, 'm');
  }

  #collect(stream: NodeJS.ReadableStream, name: 'stdout' | 'stderr'): () => string {
    const lines = splitLines((line) => this.#takeLine(line, name));
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (piece: string) => {
      text += piece;
      lines.push(piece);
    });
    stream.on('end', () => lines.end());
    return () => text;
  }

  #takeLine(line: string, name: 'stdout' | 'stderr'): void {
    if (name === 'stderr' && line.startsWith(`${this.#mark} `)) {
      this.#started.resolve(Number(line.slice(this.#mark.length + 1)));
    } else {
      this.#options.onLine?.(line, name);
    }
  }
}

/** A program ended by a signal exits with 128 + its number, as in a shell. */
function followToExit(
  channel: ClientChannel,
  done: (error: Error | undefined, exitCode: number) => void,
): void {
  let exitCode: number | undefined;
  channel.on('exit', (code: number | null, signal?: string) => {
    exitCode = code ?? 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
  });
  channel.on('error', (error: Error) => done(error, 0));
  channel.on('close', () => {
    if (exitCode === undefined) done(new Error('the channel closed without an exit status'), 0);
    else done(undefined, exitCode);
  });
}

/** A program that was asked for just before may still be on its way. */
const startMs = 2000;
const killMs = 5000;

/** TERM, two seconds to tidy up, KILL. The group may have gone already: that is as good. */
const killScript = `
kill -s TERM -- "-$1" || exit 0
for turn in 1 2 3 4 5 6 7 8 9 10; do
  ps -o stat= -g "$1" | grep -qv "^Z" || exit 0
  sleep 0.2
done
kill -s KILL -- "-$1"`;

async function killGroup(link: Link, process: RemoteProcess): Promise<void> {
  const id = await Promise.race([process.started, setTimeout(startMs)]);
  if (id === undefined) return;
  const killer = new RemoteProcess({ signal: link.lost, timeoutMs: killMs });
  const argv: Argv = ['sh', '-c', killScript, 'sh', String(id)];
  // A peer that does not even answer this is dead or dying: the caller's own error says more.
  await Promise.allSettled([killer.run(link, argv, AbortSignal.timeout(killMs))]);
}
