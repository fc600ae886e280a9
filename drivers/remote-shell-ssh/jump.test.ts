import type { ShellEndpoint } from '@trencadis/contextualization';
import { describeRemoteShell } from '@trencadis/contextualization/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSshShellDriver } from './index.ts';
import { startProxy } from './testing/start-proxy.ts';
import { type Sshd, startSshd } from './testing/start-sshd.ts';

const never = new AbortController().signal;
const host = '127.0.0.1';
const driver = createSshShellDriver({ keepaliveMs: 200 });
const options = { signal: never, timeoutMs: 5000 };

function endpointOf(sshd: Sshd, change: Partial<ShellEndpoint> = {}): ShellEndpoint {
  const { port, user, hostKeys } = sshd;
  return { host, port, user, privateKey: sshd.privateKey('ed25519'), hostKeys, ...change };
}

describeRemoteShell('OpenSSH through another machine', async () => {
  const [sshd, jump, stranger] = await Promise.all([startSshd(), startSshd(), startSshd()]);
  const proxy = await startProxy(jump.port);
  await stranger.stop();
  return {
    driver,
    endpoint: endpointOf(sshd, { via: endpointOf(jump, { port: proxy.port }) }),
    unknownPrivateKey: sshd.privateKey('unknown'),
    unknownHostKey: stranger.hostKeys[0] ?? '',
    deadPort: stranger.port,
    folder: sshd.folder,
    cutLinks: async () => {
      proxy.cut();
    },
    silenceLinks: async () => {
      proxy.silence();
    },
    stop: async () => {
      await proxy.stop();
      await Promise.all([sshd.stop(), jump.stop()]);
    },
  };
});

describe('a machine behind others', () => {
  let sshd: Sshd;
  let first: Sshd;
  let second: Sshd;
  let closed: Sshd;
  beforeAll(async () => {
    [sshd, first, second, closed] = await Promise.all([
      startSshd(),
      startSshd(),
      startSshd(),
      startSshd({ settings: 'AllowTcpForwarding no' }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([sshd, first, second, closed].map(async (each) => await each.stop()));
  });

  it('is reached through several, and leaves none of their connections open', async () => {
    const proxies = await Promise.all([startProxy(first.port), startProxy(second.port)]);
    const [{ port: outer }, { port: inner }] = proxies;
    const via = endpointOf(second, { port: inner, via: endpointOf(first, { port: outer }) });
    const shell = await driver.connect(endpointOf(sshd, { via }), never);
    expect((await shell.run(['id', '-un'], options)).stdout).toBe(`${sshd.user}\n`);
    expect(proxies.map(({ open }) => open)).toEqual([1, 1]);
    await shell.close();
    await expect.poll(() => proxies.map(({ open }) => open)).toEqual([0, 0]);
    await Promise.all(proxies.map(async (proxy) => await proxy.stop()));
  });

  it('is not looked for where the one in between shows another host key, which is named', async () => {
    const proxy = await startProxy(sshd.port);
    const via = endpointOf(first, { hostKeys: second.hostKeys });
    await expect(driver.connect(endpointOf(sshd, { port: proxy.port, via }), never)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining(`port ${first.port} is not the machine it should be`) as string,
    });
    expect(proxy.open).toBe(0);
    await proxy.stop();
  });

  it('leaves no connection to the one in between where its own host key is wrong', async () => {
    const proxy = await startProxy(first.port);
    const via = endpointOf(first, { port: proxy.port });
    const wrong = endpointOf(sshd, { via, hostKeys: second.hostKeys });
    await expect(driver.connect(wrong, never)).rejects.toMatchObject({ code: 'forbidden' });
    await expect.poll(() => proxy.open).toBe(0);
    await proxy.stop();
  });

  it('is forbidden through one that forwards nothing, which is named with the remedy', async () => {
    const through = endpointOf(sshd, { via: endpointOf(closed) });
    await expect(driver.connect(through, never)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(`port ${closed.port} lets no connection.*AllowTcpForwarding`) as string,
    });
  });
});
