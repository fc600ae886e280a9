import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sshd, startProxy, startSshd } from '@trencadis/remote-shell-ssh/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShell } from './open-shell.ts';

let sshd: Sshd;
let jump: Sshd;
beforeAll(async () => {
  [sshd, jump] = await Promise.all([startSshd(), startSshd()]);
});
afterAll(async () => {
  await Promise.all([sshd.stop(), jump.stop()]);
});

function endpointOf({ port, user, hostKeys, privateKey }: Sshd) {
  return { host: '127.0.0.1', port, user, privateKey: privateKey('ed25519'), hostKeys };
}

test('runs a command on a machine behind another, and answers its exit code', async () => {
  const proxy = await startProxy(jump.port);
  const via = { ...endpointOf(jump), port: proxy.port };
  const said = join(sshd.folder, 'said');
  expect(await openShell({ ...endpointOf(sshd), via }, [`echo hello >${said}; exit 7`])).toBe(7);
  expect(await readFile(said, 'utf8')).toBe('hello\n');
  expect(proxy.total).toBe(1);
  await proxy.stop();
});

test('goes nowhere where the machine, or one on the way, has another host key', async () => {
  const stranger = { ...endpointOf(sshd), hostKeys: jump.hostKeys };
  const said = join(sshd.folder, 'never');
  expect(await openShell(stranger, ['touch', said])).toBe(255);
  const via = { ...endpointOf(jump), hostKeys: sshd.hostKeys };
  expect(await openShell({ ...endpointOf(sshd), via }, ['touch', said])).toBe(255);
  await expect(readFile(said)).rejects.toThrow('ENOENT');
});
