import { createServer } from 'node:net';
import { once } from 'node:events';
import { describeRemoteShell } from '@trencadis/contextualization/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSshShellDriver } from './index.ts';
import { startProxy } from './testing/start-proxy.ts';
import { type Sshd, startSshd } from './testing/start-sshd.ts';

const never = new AbortController().signal;
const host = '127.0.0.1';

describeRemoteShell('OpenSSH', async () => {
  const [sshd, stranger] = await Promise.all([startSshd(), startSshd()]);
  const proxy = await startProxy(sshd.port);
  await stranger.stop();
  const { user, hostKeys, folder } = sshd;
  return {
    driver: createSshShellDriver({ keepaliveMs: 200 }),
    endpoint: { host, port: proxy.port, user, privateKey: sshd.privateKey('ed25519'), hostKeys },
    unknownPrivateKey: sshd.privateKey('unknown'),
    unknownHostKey: stranger.hostKeys[0] ?? '',
    deadPort: stranger.port,
    folder,
    cutLinks: async () => {
      proxy.cut();
    },
    silenceLinks: async () => {
      proxy.silence();
    },
    stop: async () => {
      await proxy.stop();
      await sshd.stop();
    },
  };
});

describe('createSshShellDriver', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.stop();
  });

  it('logs in with an ECDSA key too', async () => {
    const { port, user, hostKeys } = sshd;
    const endpoint = { host, port, user, privateKey: sshd.privateKey('ecdsa'), hostKeys };
    const shell = await createSshShellDriver().connect(endpoint, never);
    const { stdout } = await shell.run(['id', '-un'], { signal: never, timeoutMs: 5000 });
    await shell.close();
    expect(stdout).toBe(`${user}\n`);
  });

  it.each(['ssh-ed25519', 'ssh-dss AAAAB3NzaC1kc3M=', 'ssh-ed25519 AAAAB3NzaC1yc2E=', 'hello'])(
    'refuses %j as a host key',
    async (hostKey) => {
      const { port, user } = sshd;
      const endpoint = { host, port, user, privateKey: sshd.privateKey('ed25519'), hostKeys: [hostKey] };
      await expect(createSshShellDriver().connect(endpoint, never)).rejects.toMatchObject({
        code: 'invalid-argument',
      });
    },
  );

  it('gives up on a peer that takes the connection and says nothing', async () => {
    const silent = createServer();
    silent.listen(0, host);
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const endpoint = {
      host,
      port,
      user: sshd.user,
      privateKey: sshd.privateKey('ed25519'),
      hostKeys: sshd.hostKeys,
    };
    const connecting = createSshShellDriver({ connectTimeoutMs: 200 }).connect(endpoint, never);
    await expect(connecting).rejects.toMatchObject({ code: 'unavailable' });
    silent.close();
  });
});
