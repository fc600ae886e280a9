import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../apps/platform-api/main.ts', import.meta.url));
/** As the command line starts it (apps/cli/connect.ts). */
const flags = ['--max-semi-space-size=4'];
const startDeadlineMs = 90_000;
const keptLines = 200;

export interface PlatformPlace {
  /** The folder that all processes share. */
  readonly home: string;
  readonly databaseUrl: string;
}

/** One process of the platform, the real program, beside others on the same folder and database. */
export class PlatformProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #lines: string[] = [];
  /** Where it answers; rejects when it ends before. */
  readonly ready: Promise<string>;
  url: string | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, 'close');
    this.ready = this.#awaitReady();
    // Who kills it before it is ready does not wait for that.
    this.ready.catch(() => undefined);
  }

  static start({ home, databaseUrl }: PlatformPlace): PlatformProcess {
    const child = spawn(process.execPath, [...flags, program], {
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        TRENCADIS_HOME: home,
        DATABASE_URL: databaseUrl,
        DELIVERY_HOST: 'off',
        JOINS_PEERS: 'true',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new PlatformProcess(child);
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  /** The end of what it wrote. */
  get output(): string {
    return this.#lines.join('\n');
  }

  /** As a power cut would: no handler of its runs. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.url = undefined;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
  }

  #awaitReady(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const late = setTimeout(() => reject(new Error(`not ready:\n${this.output}`)), startDeadlineMs);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.#lines.push(line);
        if (this.#lines.length > keptLines) this.#lines.shift();
        const url = /"url":"([^"]+)".*"the platform is ready"/.exec(line)?.[1];
        if (url === undefined) return;
        this.url = url;
        resolve(url);
      });
    }
    void this.#exited.then(() => reject(new Error(`ended before it was ready:\n${this.output}`)));
    return promise.finally(() => clearTimeout(late));
  }
}
