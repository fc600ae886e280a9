import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@trencadis/clock';
import { createHttpServer, createMemoryIdempotencyStore, listen, registerRoutes } from '@trencadis/http';
import { StatusCache, infrastructureApi, infrastructureHandlers } from '@trencadis/infrastructure';
import { createLog } from '@trencadis/log';
import { execa } from 'execa';
import type { SimulationOptions } from '../deployment/simulated-platform.ts';
import { SimulatedService } from '../deployment/simulated-service.ts';

const program = fileURLToPath(new URL('../../apps/cli/main.ts', import.meta.url));
const log = createLog({ name: 'served-platform', level: 'silent' });

interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The infrastructures' API over a simulated site, and the command line that talks to it. */
export class ServedPlatform implements AsyncDisposable {
  readonly simulated: SimulatedService;
  readonly folder: string;
  readonly url: string;
  readonly #stop: AbortController;

  private constructor(parts: {
    simulated: SimulatedService;
    folder: string;
    url: string;
    stop: AbortController;
  }) {
    this.simulated = parts.simulated;
    this.folder = parts.folder;
    this.url = parts.url;
    this.#stop = parts.stop;
  }

  static async start(options: SimulationOptions = {}): Promise<ServedPlatform> {
    const simulated = await SimulatedService.start(options);
    const folder = await mkdtemp(join(tmpdir(), 'trencadis-command-line-'));
    await writeFile(join(folder, 'token'), 'ana\n', { mode: 0o600 });
    const stop = new AbortController();
    const server = await createHttpServer({ log, title: 'Test', version: '0', signal: stop.signal });
    const { service, sagas, platform } = simulated;
    const statuses = new StatusCache(service, systemClock);
    const handlers = infrastructureHandlers({ service, sagas, statuses, world: platform.world });
    registerRoutes(server, infrastructureApi, handlers, {
      authenticate: async (owner) => ({ owner, groups: [], isAdmin: false }),
      idempotency: {
        store: createMemoryIdempotencyStore(systemClock),
        callerId: ({ owner }: { readonly owner: string }) => owner,
      },
    });
    const url = await listen(server, { host: '127.0.0.1', port: 0 });
    return new ServedPlatform({ simulated, folder, url, stop });
  }

  /** Begins a command as a user without a terminal would. */
  begin(...args: readonly string[]) {
    const where = ['--server', this.url, '--token-file', join(this.folder, 'token')];
    return execa(process.execPath, [program, ...where, ...args], {
      // No server of this host is ever found there, and none is started.
      env: { TRENCADIS_HOME: this.folder },
      reject: false,
      timeout: 60_000,
    });
  }

  async run(...args: readonly string[]): Promise<Ended> {
    const { exitCode, stdout, stderr } = await this.begin(...args);
    return { exitCode, stdout, stderr };
  }

  /** The JSON values that a command that must succeed wrote, one a line. */
  async json(...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
    const { exitCode, stdout, stderr } = await this.run(...args, '--json');
    if (exitCode !== 0)
      throw new Error(`trencadis ${args.join(' ')} ended with ${exitCode}: ${stdout}${stderr}`);
    return stdout.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async document(name: string, radl: string): Promise<string> {
    const file = join(this.folder, name);
    await writeFile(file, radl);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.simulated[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
