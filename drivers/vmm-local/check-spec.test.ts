import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brandId, sha256OfText } from '@trencadis/ids';
import type { VmSpec } from '@trencadis/vmm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSpec } from './check-spec.ts';

let location = '';

beforeAll(async () => {
  location = await mkdtemp(join(tmpdir(), 'trencadis-image-'));
  for (const path of ['usr/lib/systemd/systemd', 'usr/sbin/sshd']) {
    await mkdir(dirname(join(location, path)), { recursive: true });
    await writeFile(join(location, path), '');
  }
});
afterAll(() => rm(location, { recursive: true }));

function spec(changes: Partial<VmSpec>): VmSpec {
  return {
    name: brandId('VmName', 'vm'),
    tag: brandId('Tag', 'inf-x'),
    hostName: 'vm',
    image: { location, digest: sha256OfText('') },
    cpuCount: 1,
    memoryMiB: 128,
    interfaces: [],
    disks: [],
    login: { user: 'root', authorizedKey: 'ssh-ed25519 AAAA' },
    ...changes,
  };
}

const network = brandId('NetworkName', 'net');
const disk = brandId('DiskName', 'disk');
const key = 'ssh-ed25519 AAAA';

describe('checking a spec before anything is made', () => {
  it('passes what a machine can be made of', async () => {
    await expect(checkSpec(spec({}))).resolves.toBeUndefined();
  });

  it.each<[string, Partial<VmSpec>, string]>([
    ['no processor', { cpuCount: 0 }, 'cpuCount 0'],
    ['too little memory', { memoryMiB: 8 }, 'memoryMiB 8'],
    ['a host name with a space', { hostName: 'a b' }, "'a b'"],
    ['a user name with a colon', { login: { user: 'a:0', authorizedKey: key } }, "'a:0'"],
    ['a key of two lines', { login: { user: 'root', authorizedKey: `${key}\n${key}` } }, 'one line'],
    ['a network twice', { interfaces: [{ network }, { network }] }, 'only once'],
    ['a mount path upwards', { disks: [{ disk, mountPath: '/srv/../etc' }] }, "'/srv/../etc'"],
    ['a mount path with options', { disks: [{ disk, mountPath: '/srv:ro' }] }, "'/srv:ro'"],
    ['sudo where there is none', { login: { user: 'admin', authorizedKey: key } }, 'usr/bin/sudo'],
  ])('refuses %s', async (_, changes, problem) => {
    await expect(checkSpec(spec(changes))).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(problem),
    });
  });

  it('knows what this host can never hold', async () => {
    await expect(checkSpec(spec({ memoryMiB: 2 ** 30 }))).rejects.toMatchObject({ code: 'quota-exceeded' });
  });
});
