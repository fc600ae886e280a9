import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { lineOf } from './im-call.ts';

/** The newest of 2026. */
const version = '1.8.4';

const folder = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'trencadis',
  `im-client-${version}`,
);

/** IM's command-line client and its library, in an environment of their own that is kept for the next time. */
export async function installImClient(): Promise<string> {
  const done = join(folder, 'installed');
  const isThere = await access(done).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await execa('python3', ['-m', 'venv', folder]);
    await execa(join(folder, 'bin', 'pip'), ['install', '--quiet', `IM-client==${version}`]);
    await writeFile(done, '');
  }
  return folder;
}

export interface ClientRun {
  readonly exitCode: number;
  readonly output: string;
}

/** The client as a user has it: an auth file, RADL files, and the URL of the server. */
export class ImClient implements AsyncDisposable {
  readonly #url: string;
  readonly #home: string;

  private constructor(url: string, home: string) {
    this.#url = url;
    this.#home = home;
  }

  /** `lines`: of the auth file, beside the one of the account. */
  static async of(url: string, lines: readonly string[] = [], account = lineOf('ana')): Promise<ImClient> {
    const home = await mkdtemp(join(tmpdir(), 'trencadis-im-client-'));
    await writeFile(join(home, 'auth.dat'), [account, ...lines].join('\n'), { mode: 0o600 });
    return new ImClient(url, home);
  }

  /** `im_client OPERATION ...`. */
  async run(...operation: readonly string[]): Promise<ClientRun> {
    const program = join(folder, 'bin', 'im_client');
    const given = ['-r', this.#url, '-a', join(this.#home, 'auth.dat'), '-y', ...operation];
    const { exitCode, all } = await execa(program, given, {
      all: true,
      reject: false,
      timeout: 45_000,
      env: { HOME: this.#home },
    });
    return { exitCode: exitCode ?? -1, output: all };
  }

  /** A Python program with IM's client library; `URL` and `AUTH` are its arguments. */
  async python(program: string): Promise<ClientRun> {
    const given = ['-c', program, this.#url, join(this.#home, 'auth.dat')];
    const { exitCode, all } = await execa(join(folder, 'bin', 'python'), given, {
      all: true,
      reject: false,
      timeout: 45_000,
    });
    return { exitCode: exitCode ?? -1, output: all };
  }

  /** A file beside its auth file; answers its path. */
  async file(name: string, content: string): Promise<string> {
    const path = join(this.#home, name);
    await writeFile(path, content);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
  }
}
