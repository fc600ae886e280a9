import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brandId, newUuid, sha256OfText } from '@trencadis/ids';
import type { VmSpec, VmmDriver } from '@trencadis/vmm';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLibvirtVmm, libvirtCredentials } from './index.ts';
import { type RunningLibvirt, startLibvirt } from './testing/index.ts';
import { type Sshd, startSshd } from './testing/start-sshd.ts';

const signal = new AbortController().signal;
const tag = brandId('Tag', `ref-${newUuid().slice(0, 8)}`);
let libvirt: RunningLibvirt;
let sshd: Sshd;
let driver: VmmDriver;

function spec(name: string, changes: Partial<VmSpec> = {}): VmSpec {
  return {
    name: brandId('VmName', `${tag}-${name}`),
    tag,
    hostName: name,
    image: libvirt.lightImage,
    cpuCount: 1,
    memoryMiB: 128,
    interfaces: [],
    disks: [],
    login: { user: 'root', authorizedKey: 'ssh-ed25519 AAAA test' },
    ...changes,
  };
}

function remote(changes: Record<string, unknown> = {}): VmmDriver {
  const keys = { sshPrivateKey: sshd.privateKey, sshHostKey: sshd.hostKey };
  const credentials = libvirtCredentials.parse({
    ...libvirt.credentials,
    acceleration: 'tcg',
    ...keys,
    ...changes,
  });
  return createLibvirtVmm({ endpoint: sshd.endpoint, credentials, stopTimeoutMs: 500 });
}

beforeAll(async () => {
  libvirt = await startLibvirt();
  sshd = await startSshd();
  const credentials = { ...libvirt.credentials, acceleration: 'tcg' as const };
  driver = createLibvirtVmm({ credentials, stopTimeoutMs: 500 });
});
afterAll(async () => {
  await sshd.stop();
  await libvirt.stop();
});

describe('a libvirt behind SSH', () => {
  it('is as the local one: images are uploaded, consoles are read', async () => {
    const far = remote();
    const network = { name: brandId('NetworkName', `${tag}-far`), tag, kind: 'public' } as const;
    await far.networks.createNetwork(network, signal);
    const folder = await mkdtemp(join(tmpdir(), 'trencadis-image-'));
    try {
      const path = join(folder, 'disk.qcow2');
      await execa('qemu-img', ['create', '-q', '-f', 'qcow2', path, '16M']);
      const { stdout } = await execa('sha256sum', [path]);
      const image = { location: folder, digest: brandId('Sha256', stdout.slice(0, 64)) };
      const vm = await far.createVm(spec('far', { image, interfaces: [{ network: network.name }] }), signal);
      expect(vm.status).toBe('running');
      // The platform has no route to networks of a host that is elsewhere.
      expect(vm.ssh).toBeUndefined();
      expect(await driver.describeVm(vm.name, signal)).toMatchObject({
        hostKeys: vm.hostKeys,
        addresses: vm.addresses,
      });
      expect(typeof (await far.readConsole(vm.name, signal))).toBe('string');
      await far.deleteVm(vm.name, signal);
      await far.networks.deleteNetwork(network.name, signal);
      expect(await libvirt.leftovers()).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is not believed when it shows another key, and says whose key is refused', async () => {
    const wrongHost = remote({ sshHostKey: sshd.stranger.publicKey });
    await expect(wrongHost.listVms(tag, signal)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('sshHostKey'),
    });
    const wrongKey = remote({ sshPrivateKey: sshd.stranger.privateKey });
    const refused = await wrongKey.checkRights(signal);
    expect(refused[0]).toMatchObject({ right: 'connect to libvirt', holds: false });
    expect(refused[0]?.because).toContain('authorized_keys');
    expect(JSON.stringify(refused)).not.toContain(sshd.stranger.privateKey.slice(40, 80));
  });

  it('is unavailable when nothing listens', async () => {
    const credentials = libvirtCredentials.parse({
      sshPrivateKey: sshd.privateKey,
      sshHostKey: sshd.hostKey,
    });
    const nowhere = createLibvirtVmm({ endpoint: 'qemu+ssh://root@127.0.0.1:1/system', credentials });
    await expect(nowhere.listVms(tag, signal)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(nowhere.checkRights(signal)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('what cannot be made', () => {
  it('is more memory than the host has', async () => {
    const { memoryMiB } = await driver.quota(signal);
    const greedy = spec('greedy', { memoryMiB: (memoryMiB?.limit ?? 0) + 1 });
    await expect(driver.createVm(greedy, signal)).rejects.toMatchObject({ code: 'quota-exceeded' });
    expect(await driver.listVms(tag, signal)).toEqual([]);
  });

  it('is a disk larger than the pool', async () => {
    const huge = { name: brandId('DiskName', `${tag}-huge`), tag, sizeGiB: 1_000_000 };
    await expect(driver.disks.createDisk(huge, signal)).rejects.toMatchObject({ code: 'quota-exceeded' });
  });

  it('is a VM of a name that a domain of somebody else has', async () => {
    const theirs = spec('theirs');
    const file = join(tmpdir(), `${theirs.name}.xml`);
    const os = "<os><type arch='x86_64'>hvm</type></os>";
    await writeFile(
      file,
      `<domain type='qemu'><name>${theirs.name}</name><memory>65536</memory>${os}</domain>`,
    );
    await libvirt.virsh('define', file);
    await rm(file);
    await expect(driver.createVm(theirs, signal)).rejects.toMatchObject({ code: 'conflict' });
    await expect(driver.deleteVm(theirs.name, signal)).rejects.toMatchObject({ code: 'conflict' });
    expect(await driver.describeVm(theirs.name, signal)).toBeUndefined();
    await libvirt.virsh('undefine', theirs.name);
  });

  it('is an image of another content than was said, or that is no qcow2', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trencadis-image-'));
    const path = join(folder, 'disk.qcow2');
    await writeFile(path, 'no disk');
    const changed = spec('changed', { image: { location: path, digest: sha256OfText('a disk') } });
    await expect(driver.createVm(changed, signal)).rejects.toMatchObject({ code: 'invalid-argument' });
    const plain = spec('plain', { image: { location: path, digest: sha256OfText('no disk') } });
    await expect(driver.createVm(plain, signal)).rejects.toMatchObject({
      message: expect.stringContaining('qcow2'),
    });
    await rm(folder, { recursive: true });
    expect(await libvirt.leftovers()).toEqual([]);
  });

  it('is an image that does not boot: the VM runs, says so on its console, and can be removed', async () => {
    const pool = libvirt.credentials.pool;
    await libvirt.virsh('vol-create-as', pool, 'light.qcow2.zeros', '16M', '--format', 'qcow2');
    const [image] = await driver.images.listBootable({ pattern: 'light.qcow2.zeros' }, signal);
    const { location = '', digest = sha256OfText('') } = image ?? {};
    const vm = await driver.createVm(spec('zeros', { image: { location, digest } }), signal);
    expect(vm.status).toBe('running');
    await driver.deleteVm(vm.name, signal);
    expect(await libvirt.leftovers()).toEqual([]);
  });
});
