import { access, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stripIdentity } from './strip-identity.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trencadis-strip-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function write(path: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), '');
}

describe('a copied root', () => {
  it('loses what made its machine that machine, and nothing else', async () => {
    const kept = ['root/etc/ssh/sshd_config', 'root/home/ada/.ssh/known_hosts', 'root/var/lib/app/data'];
    const own = [
      'root/etc/ssh/ssh_host_ed25519_key',
      'root/etc/ssh/ssh_host_rsa_key.pub',
      'root/etc/ssh/authorized_keys.d/ada',
      'root/etc/machine-id',
      'root/home/ada/.ssh/authorized_keys',
      'root/root/.ssh/authorized_keys',
      'root/var/lib/cloud/seed/nocloud-net/user-data',
    ];
    for (const path of [...kept, ...own]) await write(path);
    await symlink('/dev/null', join(directory, 'root/etc/hostname'));
    await stripIdentity(join(directory, 'root'));
    for (const path of kept) await expect(access(join(directory, path))).resolves.toBeUndefined();
    expect(await readdir(join(directory, 'root/etc'))).toEqual(['ssh']);
    expect(await readdir(join(directory, 'root/etc/ssh'))).toEqual(['sshd_config']);
    expect(await readdir(join(directory, 'root/home/ada/.ssh'))).toEqual(['known_hosts']);
    expect(await readdir(join(directory, 'root/var/lib'))).toEqual(['app']);
  });

  it('is refused when a link leads out of it, and what is outside stays', async () => {
    await write('host/ssh_host_ed25519_key');
    await mkdir(join(directory, 'root/etc'), { recursive: true });
    await symlink(join(directory, 'host'), join(directory, 'root/etc/ssh'));
    await expect(stripIdentity(join(directory, 'root'))).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(access(join(directory, 'host/ssh_host_ed25519_key'))).resolves.toBeUndefined();
  });
});
