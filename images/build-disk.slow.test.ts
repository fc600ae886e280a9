import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BuiltDiskImage,
  buildDiskImage,
  findBuiltDiskImage,
  findBuiltImage,
  loadRecipe,
} from './index.ts';
import { type BootedDisk, type Seed, bootDisk, makeSeed } from './testing/boot-disk.ts';

const bootMs = 280_000;
let directory: string;
let image: BuiltDiskImage;
let seed: Seed;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trencadis-disks-'));
  image = await buildDiskImage(await loadRecipe('machine-base'), { directory });
  seed = await makeSeed(directory, 'one.example.org');
});

afterAll(async () => await rm(directory, { recursive: true }));

/** What the command says in the machine; `undefined` while nobody answers there. */
async function say(machine: BootedDisk, command: string): Promise<string | undefined> {
  const target = ['-p', String(machine.port), 'admin@127.0.0.1', command];
  const { exitCode, stdout } = await execa('ssh', [...seed.sshOptions, ...target], { reject: false });
  // 255 is ssh's own; is-system-running says by its exit status what it says in words.
  return exitCode === 255 ? undefined : stdout;
}

async function ask(machine: BootedDisk, command: string): Promise<string> {
  return await machine.poll(async () => await say(machine, command), bootMs);
}

describe('a disk image', () => {
  it('lies beside the kernel that boots it, and is found again', async () => {
    const folder = join(image.disk, '..');
    expect((await readdir(folder)).toSorted()).toEqual(['disk.qcow2', 'image.json', 'initrd.img', 'vmlinuz']);
    const recipe = await loadRecipe('machine-base');
    expect(await findBuiltDiskImage(recipe, directory)).toEqual(image);
    expect(await findBuiltImage(recipe, directory)).toBeUndefined();
    expect(image.packages).toContainEqual({ name: 'cloud-init', version: expect.any(String) });
  });

  it.each(['direct', 'bios'] as const)(
    'boots by %s, obeys its user data and grows',
    { timeout: 600_000 },
    async (by) => {
      const folder = join(directory, by);
      await using machine = await bootDisk({ image, folder, by, seed: seed.path, diskGiB: 4 });
      expect(await ask(machine, 'hostname --fqdn')).toBe('one.example.org');
      // Waits until the boot is over.
      const state = await ask(machine, 'systemctl is-system-running --wait');
      expect([state, await ask(machine, 'systemctl --failed --plain --no-legend')]).toEqual(['running', '']);
      expect(await ask(machine, 'cloud-init status')).toBe('status: done');
      const sizes = await ask(machine, 'df --output=size --block-size=1M / | tail -1');
      expect(Number(sizes)).toBeGreaterThan(3500);
      expect(await ask(machine, 'sudo grep -c . /etc/shadow')).toMatch(/^\d+$/);
      expect(await ask(machine, 'getent hosts localhost && cat /etc/resolv.conf')).toContain('nameserver');
      // Configuring it never interrupted who had logged in.
      const starts = await ask(
        machine,
        'sudo journalctl --boot --unit ssh --grep "^Server listening on 0.0.0.0" -q | wc -l',
      );
      expect(starts).toBe('1');
    },
  );

  it('boots where nothing tells it anything, with host keys of its own', { timeout: 600_000 }, async () => {
    await using machine = await bootDisk({
      image,
      folder: join(directory, 'none'),
      by: 'direct',
      diskGiB: 2,
    });
    const port = ['-T', '20', '-t', 'ed25519', '-p', String(machine.port)];
    const keys = await machine.poll(async () => {
      const { stdout } = await execa('ssh-keyscan', [...port, '127.0.0.1'], { reject: false });
      return stdout === '' ? undefined : stdout;
    }, bootMs);
    expect(keys).toContain('ssh-ed25519');
  });

  it('has the same bytes when built again', { timeout: 900_000 }, async () => {
    const elsewhere = join(directory, 'again');
    const second = await buildDiskImage(await loadRecipe('machine-base'), { directory: elsewhere });
    expect(second.digest).toBe(image.digest);
  });
});
