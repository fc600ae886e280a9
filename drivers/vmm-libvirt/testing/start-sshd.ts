import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

export interface Sshd {
  readonly endpoint: string;
  readonly privateKey: string;
  readonly hostKey: string;
  /** A key that opens nothing, and is no host's. */
  readonly stranger: { readonly privateKey: string; readonly publicKey: string };
  stop(): Promise<void>;
}

/** An OpenSSH server on loopback with keys of its own, through which libvirt of this machine is a remote one. */
export async function startSshd(): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-sshd-'));
  const [user, host, stranger] = await Promise.all(
    ['user', 'host', 'stranger'].map((name) => makeKey(folder, name)),
  );
  if (user === undefined || host === undefined || stranger === undefined) throw new Error('no keys');
  const port = await freePort();
  await writeFile(join(folder, 'authorized_keys'), user.publicKey);
  const settings = [
    `ListenAddress 127.0.0.1\nPort ${port}\nHostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}\nPidFile none\nStrictModes no\nUsePAM no`,
    'PasswordAuthentication no\nPermitRootLogin prohibit-password\nMaxStartups 100\n',
  ];
  await writeFile(join(folder, 'sshd_config'), settings.join('\n'));
  await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const sshd = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    sshd.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Server listening')) resolve();
    });
    sshd.once('exit', () => reject(new Error(`sshd ended at once: ${said}`)));
  });
  return {
    endpoint: `qemu+ssh://${userInfo().username}@127.0.0.1:${port}/system`,
    privateKey: user.privateKey,
    hostKey: host.publicKey,
    stranger,
    stop: async () => {
      const ended = once(sshd, 'exit');
      sshd.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function makeKey(folder: string, name: string) {
  const path = join(folder, name);
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
  const publicKey = (await readFile(`${path}.pub`, 'utf8')).trim();
  return { privateKey: await readFile(path, 'utf8'), publicKey };
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
