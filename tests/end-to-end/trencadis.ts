import { mkdir, mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stateDirectory } from '@trencadis/config';
import { execa } from 'execa';

const program = fileURLToPath(new URL('../../apps/cli/main.ts', import.meta.url));

interface Ended {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** Both streams. */
  readonly all: string;
}

interface Listed {
  readonly name: string;
}

/** The command line on a platform folder of its own, as a user would call it. */
export class Trencadis implements AsyncDisposable {
  readonly home: string;

  private constructor(home: string) {
    this.home = home;
  }

  /** Shares only the images with the host's own platform: they are read-only and cost minutes. */
  static async create(): Promise<Trencadis> {
    const images = join(stateDirectory(), 'images');
    await mkdir(images, { recursive: true });
    const home = await mkdtemp('/var/tmp/trencadis-end-to-end-');
    await symlink(images, join(home, 'images'));
    return new Trencadis(home);
  }

  start(...args: readonly string[]): Promise<Ended> {
    return this.startWith({}, ...args);
  }

  async startWith(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> {
    const env = { TRENCADIS_HOME: this.home, ...environment };
    const { exitCode, stdout, all } = await execa(process.execPath, [program, ...args], {
      env,
      reject: false,
      all: true,
      timeout: 2_400_000,
    });
    return { exitCode, stdout, all };
  }

  /** Output of a command that must succeed. */
  async run(...args: readonly string[]): Promise<string> {
    const { exitCode, all } = await this.start(...args);
    if (exitCode === 0) return all;
    throw new Error(`trencadis ${args.join(' ')} ended with ${exitCode}:\n${all}\n${await this.serverLog()}`);
  }

  async serverPid(): Promise<number | undefined> {
    try {
      return (JSON.parse(await readFile(join(this.home, 'platform-api.json'), 'utf8')) as { pid: number })
        .pid;
    } catch {
      return undefined;
    }
  }

  async serverLog(): Promise<string> {
    try {
      return (await readFile(join(this.home, 'platform-api.log'), 'utf8')).split('\n').slice(-30).join('\n');
    } catch {
      return '(no server log)';
    }
  }

  /** Machines, networks and disks that the local VM manager still has, half-made ones too. */
  async leftovers(): Promise<string[]> {
    const kinds = ['machines', 'networks', 'disks'];
    const found = await Promise.all(
      kinds.map(async (kind) => {
        const names = await readdir(join(this.home, 'local', kind)).catch(() => []);
        return names.map((name) => `${kind}/${name}`);
      }),
    );
    const mounts = (await readFile('/proc/mounts', 'utf8'))
      .split('\n')
      .filter((line) => line.includes(this.home));
    return [...found.flat(), ...mounts];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { stdout } = await this.start('status', '--json');
    const { infrastructures = [] } = JSON.parse(stdout) as { infrastructures?: readonly Listed[] };
    for (const { name } of infrastructures) await this.run('destroy', name, '--yes');
    await this.run('server', 'stop');
    // The server's last writes, of its compiled code, may come while it ends.
    await rm(this.home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
