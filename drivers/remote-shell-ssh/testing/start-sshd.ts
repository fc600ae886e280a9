import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const program = '/usr/sbin/sshd';

export interface Sshd {
  readonly port: number;
  readonly user: string;
  readonly privateKey: (type: KeyType) => string;
  readonly hostKeys: readonly string[];
  /** Writable by the user who logs in. */
  readonly folder: string;
  stop(): Promise<void>;
}

export type KeyType = 'ed25519' | 'ecdsa' | 'unknown';

/**
 * A real OpenSSH server on loopback with keys of its own; the system's server and its settings are not
 * touched. `settings`: further lines of its sshd_config.
 */
export async function startSshd({ settings = '' } = {}): Promise<Sshd> {
  if (!existsSync(program)) {
    throw new Error(
      `${program} is missing: these tests talk to a real one; install the package openssh-server.`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-sshd-'));
  const keys = await makeKeys(folder);
  const port = await freePort();
  await writeFile(join(folder, 'sshd_config'), `${configuration(folder, port)}${settings}\n`);
  // sshd started by root wants this folder, which otherwise its system service makes.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const sshd = spawn(program, ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilListening(sshd);
  await mkdir(join(folder, 'home'));
  return {
    port,
    user: userInfo().username,
    privateKey: (type) => keys.private[type],
    hostKeys: keys.host,
    folder: join(folder, 'home'),
    stop: async () => {
      const ended = once(sshd, 'exit');
      sshd.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** A home of its own keeps the developer's shell settings, which may be slow or talkative, out of the tests. */
function configuration(folder: string, port: number): string {
  return `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${folder}/host_ed25519
HostKey ${folder}/host_ecdsa
AuthorizedKeysFile ${folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
SetEnv HOME=${folder}
Subsystem sftp internal-sftp
`;
}

interface Keys {
  readonly private: Readonly<Record<KeyType, string>>;
  readonly host: readonly string[];
}

async function makeKeys(folder: string): Promise<Keys> {
  const [ed25519, ecdsa, unknown, hostEd25519, hostEcdsa] = await Promise.all([
    makeKey(folder, 'ed25519', 'ed25519'),
    makeKey(folder, 'ecdsa', 'ecdsa'),
    makeKey(folder, 'unknown', 'ed25519'),
    makeKey(folder, 'host_ed25519', 'ed25519'),
    makeKey(folder, 'host_ecdsa', 'ecdsa'),
  ]);
  await writeFile(join(folder, 'authorized_keys'), `${ed25519.public}\n${ecdsa.public}\n`);
  return {
    private: { ed25519: ed25519.private, ecdsa: ecdsa.private, unknown: unknown.private },
    host: [hostEd25519.public, hostEcdsa.public],
  };
}

async function makeKey(
  folder: string,
  name: string,
  type: string,
): Promise<{ readonly private: string; readonly public: string }> {
  const path = join(folder, name);
  await promisify(execFile)('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', name, '-f', path]);
  return { private: await readFile(path, 'utf8'), public: (await readFile(`${path}.pub`, 'utf8')).trim() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function untilListening(sshd: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = '';
  sshd.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes('Server listening')) resolve();
  });
  sshd.once('exit', (code) => reject(new Error(`sshd ended at once (exit code ${code}): ${said}`)));
  await promise;
}
