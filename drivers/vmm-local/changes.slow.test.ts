import { access, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brandId } from '@trencadis/ids';
import type { Vm, VmSpec } from '@trencadis/vmm';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { creationSteps, recordMachine } from './create-machine.ts';
import { layoutOf } from './layout.ts';
import { siteOf } from './site.ts';
import { mountsUnder } from './mounts.ts';
import { MachineLab } from './testing/machine-lab.ts';
import { testImage } from './testing/test-image.ts';

const signal = new AbortController().signal;
let lab: MachineLab;

beforeAll(async () => {
  lab = await MachineLab.open();
});
afterEach(async () => {
  await lab.sweep();
  await lab.expectNothingLeft();
});
afterAll(() => lab.close());

async function start(name: string, changes: Partial<VmSpec> = {}): Promise<{ spec: VmSpec; vm: Vm }> {
  const spec = lab.spec(name, { interfaces: [await lab.network('in')], ...changes });
  return { spec, vm: await lab.driver().createVm(spec, signal) };
}

const snapshotOf = (vm: Vm, name = 'golden') =>
  lab.driver().images.snapshotVm({ vm: vm.name, name, tag: lab.tag }, signal);
const bootTime = (vm: Vm) => lab.ssh(vm, 'stat -c %Y /proc/1');

describe('a local machine that is changed in place', () => {
  it('has more memory at once, and goes on running', async () => {
    const { spec, vm } = await start('grown', { memoryMiB: 128 });
    const hog = 'head -c 200M /dev/zero | tail -c 200M | wc -c';
    expect(await lab.ssh(vm, hog)).toBe('0');
    const booted = await bootTime(vm);
    await lab.driver().updateVm({ ...spec, memoryMiB: 512 }, signal);
    expect(await lab.ssh(vm, hog)).toBe(String(200 * 2 ** 20));
    expect(await bootTime(vm)).toBe(booted);
  });

  it('keeps its files when it gets a disk, and the disk its own when it goes', async () => {
    const { spec, vm } = await start('keeper');
    await lab.ssh(vm, 'echo kept > /root/note; sync');
    const disks = [{ disk: await lab.disk('data'), mountPath: '/srv/data' }];
    await lab.driver().updateVm({ ...spec, disks }, signal);
    expect(
      await lab.ssh(vm, 'cat /root/note; findmnt -n -o FSTYPE /srv/data; echo own > /srv/data/note'),
    ).toBe('kept\next4');
    await lab.driver().updateVm(spec, signal);
    expect(await lab.ssh(vm, 'cat /root/note; ls /srv/data')).toBe('kept');
    const heir = await lab
      .driver()
      .createVm(lab.spec('heir', { disks, interfaces: spec.interfaces }), signal);
    expect(await lab.ssh(heir, 'cat /srv/data/note')).toBe('own');
  });

  it('is booted again by the next update when the platform died between power off and boot', async () => {
    const { spec, vm } = await start('torn');
    const wanted = { ...spec, disks: [{ disk: await lab.disk('data'), mountPath: '/srv/data' }] };
    const abort = new AbortController();
    const updating = lab.driver().updateVm(wanted, abort.signal);
    while ((await lab.driver().describeVm(vm.name, signal))?.status === 'running')
      await access(lab.directory);
    abort.abort();
    await expect(updating).rejects.toThrow('abort');
    const updated = await lab.driver().updateVm(wanted, signal);
    expect(updated).toMatchObject({ status: 'running', disks: wanted.disks });
    expect(await lab.ssh(vm, 'findmnt -n -o FSTYPE /srv/data')).toBe('ext4');
  });
});

describe('an image of a local machine', () => {
  it('has its software and files, and neither its identity nor its disks', async () => {
    const disks = [{ disk: await lab.disk('data'), mountPath: '/srv/data' }];
    const { spec, vm } = await start('model', { disks, hostName: 'model.example' });
    await lab.ssh(
      vm,
      'echo baked > /opt/baked; echo secret > /srv/data/note; touch /root/.ssh/authorized_keys',
    );
    const image = await snapshotOf(vm);
    const files = (path: string) => readdir(join(image.location, path));
    expect((await files('etc/ssh')).filter((name) => /host_|keys\.d/.test(name))).toEqual([]);
    expect(await files('srv/data')).toEqual([]);
    await expect(access(join(image.location, 'etc/machine-id'))).rejects.toThrow('ENOENT');

    const { location, digest } = image;
    const { vm: copy } = await start('copy', { image: { location, digest } });
    expect(await lab.ssh(copy, 'cat /opt/baked; hostname; systemctl is-system-running --wait')).toBe(
      'baked\ncopy\nrunning',
    );
    const identity = 'cat /etc/machine-id';
    expect(await lab.ssh(copy, identity)).not.toBe(await lab.ssh(vm, identity));
    expect(await lab.ssh(copy, 'stat -c %a / /etc /root /tmp; getcap /usr/bin/ping')).toBe(
      await lab.ssh(vm, 'stat -c %a / /etc /root /tmp; getcap /usr/bin/ping'),
    );
    const inUse = lab.driver().images.deleteImage('golden', signal);
    await expect(inUse).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('copy') });
    await lab.driver().deleteVm(copy.name, signal);
    await lab.driver().images.deleteImage('golden', signal);
    expect(spec.image).toEqual(vm.image);
  });

  it('is of one instant while the machine writes on', async () => {
    const { vm } = await start('busy');
    const writing =
      'nohup sh -c "i=0; while :; do i=\\$((i+1)); echo \\$i >> /opt/a; echo \\$i >> /usr/local/z; done" >/dev/null 2>&1 &';
    await lab.ssh(vm, `${writing} while [ ! -s /usr/local/z ]; do sleep 0.05; done`);
    const { location } = await snapshotOf(vm);
    const lineCount = async (path: string) =>
      (await readFile(join(location, path), 'utf8')).split('\n').length;
    const [first, last] = [await lineCount('opt/a'), await lineCount('usr/local/z')];
    expect(first).toBeGreaterThan(1);
    expect(Math.abs(first - last)).toBeLessThanOrEqual(1);
    const before = await lab.ssh(vm, 'wc -l < /opt/a; sleep 0.2');
    expect(await lab.ssh(vm, 'wc -l < /opt/a')).not.toBe(before);
  });

  it('that was not finished leaves nothing, and the machine goes on', async () => {
    const { vm } = await start('hasty');
    await lab.ssh(vm, 'true');
    const program = `
      const { createLocalVmm } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
      const driver = createLocalVmm(${JSON.stringify({ directory: lab.directory })});
      await driver.images.snapshotVm(${JSON.stringify({ vm: vm.name, name: 'half', tag: lab.tag })}, new AbortController().signal);`;
    const child = execa(process.execPath, ['--input-type=module', '-e', program], { reject: false });
    const draft = join(layoutOf(lab.directory).images, '.new-directory', 'root', 'etc');
    while ((await readdir(draft).catch(() => [])).length === 0) await access(lab.directory);
    child.kill('SIGKILL');
    await child;
    expect(await lab.ssh(vm, 'echo alive')).toBe('alive');
    expect(await lab.driver().images.listImages(lab.tag, signal)).toEqual([]);
    await lab.driver().images.deleteImage('half', signal);
    expect(await readdir(layoutOf(lab.directory).images)).toEqual([]);
  });
});

describe('an image that is called off', () => {
  it.each([true, false])('leaves nothing, and the machine as it was (running: %s)', async (isRunning) => {
    const { vm } = await start('model');
    if (!isRunning) await lab.driver().stopVm(vm.name, signal);
    const abort = new AbortController();
    const making = lab
      .driver()
      .images.snapshotVm({ vm: vm.name, name: 'off', tag: lab.tag }, abort.signal)
      .catch((error: unknown) => error);
    const layout = layoutOf(lab.directory);
    const draft = join(layout.images, '.new-directory', 'root', 'etc');
    while ((await readdir(draft).catch(() => [])).length === 0) await access(lab.directory);
    abort.abort(new Error('called off'));
    expect(await making).toEqual(new Error('called off'));
    expect(await readdir(layout.images)).toEqual([]);
    const mounts = await mountsUnder(layout.machine(vm.name).directory);
    expect(mounts.length).toBe(isRunning ? 1 : 0);
    if (!isRunning) await lab.driver().startVm(vm.name, signal);
    expect(await lab.ssh(vm, 'echo alive')).toBe('alive');
  });
});

describe('user data', () => {
  it('is carried out by cloud-init, which leaves alone what the platform has set', async () => {
    const image = await testImage(['cloud-init']);
    const userData = `#cloud-config
write_files: [{path: /opt/seeded, content: "seeded\\n"}]
runcmd: [[sh, -c, "echo ran > /opt/ran"]]
`;
    const { vm } = await start('seeded', { image, userData, hostName: 'seeded.example' });
    const outcome = 'cloud-init status --wait | tail -1; cat /opt/seeded /opt/ran; hostname';
    expect(await lab.ssh(vm, outcome)).toBe('status: done\nseeded\nran\nseeded.example');
    expect(await lab.ssh(vm, 'systemctl is-system-running --wait')).toBe('running');
    const { location, digest } = await snapshotOf(vm);
    const again = { image: { location, digest }, userData: userData.replace('ran >', 'again >') };
    const { vm: copy } = await start('copy', again);
    expect(await lab.ssh(copy, outcome)).toBe('status: done\nseeded\nagain\ncopy');
    await lab.driver().deleteVm(copy.name, signal);
  });

  it('is refused where the image has no cloud-init, by the name of the image', async () => {
    const spec = lab.spec('seeded', { userData: '#cloud-config\n' });
    await expect(lab.driver().createVm(spec, signal)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(lab.image.location),
    });
  });

  it.each([true, false])('is seeded, and cloud-init unmasked, when it is given: %s', async (isGiven) => {
    const location = join(lab.directory, 'cloud-image');
    for (const file of ['usr/lib/systemd/systemd', 'usr/sbin/sshd', 'usr/bin/cloud-init']) {
      await mkdir(join(location, file, '..'), { recursive: true });
      await writeFile(join(location, file), '');
    }
    const site = siteOf({ directory: lab.directory });
    const given = isGiven ? { userData: '#cloud-config\npackages: [vim]\n' } : {};
    const spec = lab.spec('seeded', { image: { ...lab.image, location }, ...given });
    const machine = await recordMachine(site, spec, signal);
    for (const step of creationSteps.slice(0, 2)) await step(site, machine, signal);
    const { upper } = layoutOf(lab.directory).machine(brandId('VmName', 'seeded'));
    const units = await readdir(join(upper, 'etc/systemd/system'));
    expect(units.includes('cloud-init.service')).toBe(!isGiven);
    const seed = await readFile(join(upper, 'var/lib/cloud/seed/nocloud-net/user-data'), 'utf8').catch(
      () => '',
    );
    expect(seed).toBe(given.userData ?? '');
    await rm(location, { recursive: true });
  });
});
