import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newUuid } from '@trencadis/ids';
import { execa } from 'execa';
import { type Connection, sshProgram, uriWithKeys } from './connection.ts';

/** A fixed environment: the platform's own, its secrets too, reaches no program, and messages are in English. */
export const commandEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
} as const;

const defaultTimeoutMs = 60_000;
/** How long a call that has reached libvirt may still end: one that is killed before its answer may take effect later. */
const graceMs = 5000;

export interface VirshOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  /** Whether the program is ended at once when the signal aborts: for what only reads, and for what takes minutes. */
  readonly isInterruptible?: boolean;
}

/** Speaks to one libvirt by its own command; `errors.ts` reads its failures. */
export class Virsh {
  readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** One command that changes something; answers its output. */
  async run(args: readonly string[], options: VirshOptions): Promise<string> {
    options.signal.throwIfAborted();
    const stop = options.isInterruptible === true ? options.signal : withGrace(options.signal);
    const timeout = options.timeoutMs ?? defaultTimeoutMs;
    const output = await this.#withUri(async (uri) => {
      const settings = { cancelSignal: stop, env: commandEnvironment, extendEnv: false, cwd: '/', timeout };
      const { stdout } = await execa('virsh', ['--quiet', '--connect', uri, ...args], {
        ...settings,
        stdin: 'ignore',
        maxBuffer: 500_000_000,
      });
      return stdout;
    });
    options.signal.throwIfAborted();
    return output;
  }

  /** One command that only reads. */
  read(args: readonly string[], signal: AbortSignal): Promise<string> {
    return this.run(args, { signal, isInterruptible: true });
  }

  /**
   * Many commands in few processes, in order; those that fail are passed over, and answer ''. One process for each
   * would cost 20 ms, over SSH ten times as much. The words must be free of quotes: names and numbers.
   */
  async each(commands: readonly (readonly string[])[], options: VirshOptions): Promise<readonly string[]> {
    const outputs: string[] = [];
    for (let first = 0; first < commands.length; first += batchSize) {
      const batch = commands.slice(first, first + batchSize);
      const mark = newUuid();
      // The last command decides the exit code, and `echo` succeeds: only a broken connection fails.
      const text = [...batch.map(quotedLine), ''].map((line) => `echo ${mark}; ${line}`).join('');
      const output = await this.run([text], options);
      const parts = output.split(mark).slice(1, batch.length + 1);
      outputs.push(...parts.map((part) => part.trim()));
    }
    return outputs;
  }

  /** Documents that a command needs, and key files, live in a closed directory for as long as it runs. */
  async withFile<Result>(
    content: string | Uint8Array,
    work: (path: string) => Promise<Result>,
  ): Promise<Result> {
    return withDirectory(async (directory) => {
      const path = join(directory, 'document');
      await writeFile(path, content, { mode: 0o600 });
      return work(path);
    });
  }

  async #withUri<Result>(work: (uri: string) => Promise<Result>): Promise<Result> {
    const { uri, ssh } = this.connection;
    if (ssh === undefined) return work(uri);
    return withDirectory(async (directory) => {
      const files = { key: join(directory, 'key'), program: join(directory, 'ssh') };
      const knownHosts = join(directory, 'known_hosts');
      await writeFile(files.key, ssh.privateKey, { mode: 0o600 });
      await writeFile(knownHosts, ssh.knownHosts, { mode: 0o600 });
      await writeFile(files.program, sshProgram(knownHosts), { mode: 0o700 });
      return work(uriWithKeys(uri, files));
    });
  }
}

const batchSize = 200;
function quotedLine(words: readonly string[]): string {
  return `${words.map(quoted).join(' ')}; `;
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=-]+$/.test(word) ? word : `"${word.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
}

/** Only its owner can read what is in it; it is gone afterwards, whatever happens. */
export async function withDirectory<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'trencadis-libvirt-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function withGrace(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  const end = () => setTimeout(() => late.abort(signal.reason), graceMs).unref();
  signal.addEventListener('abort', end, { once: true });
  return late.signal;
}
