import { brandId } from '@trencadis/ids';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLibvirtVmm } from './index.ts';
import { GuestLab, tag } from './testing/guest-lab.ts';
import { type RunningLibvirt, startLibvirt } from './testing/index.ts';

const signal = new AbortController().signal;
const identity =
  'cat /etc/machine-id; wc -l < /root/.ssh/authorized_keys; ls /var/lib/cloud/instances; hostname';

describe('guests that boot', () => {
  let libvirt: RunningLibvirt;
  let lab: GuestLab;
  beforeAll(async () => {
    libvirt = await startLibvirt();
    lab = await GuestLab.open(createLibvirtVmm({ credentials: libvirt.credentials }));
  });
  afterEach(() => lab.sweep());
  afterAll(async () => {
    await lab.close();
    await libvirt.stop();
  });

  it('answer SSH under the key that was known before, find their disk, and are another VM when copied', async () => {
    const { driver } = lab;
    const interfaces = [await lab.network('lab-net', 'public')];
    const disk = { name: brandId('DiskName', 'lab-data-with-a-long-name'), tag, sizeGiB: 1 };
    await driver.disks.createDisk(disk, signal);
    const userData = '#cloud-config\nwrite_files:\n  - path: /srv/told\n    content: by user data\n';
    const disks = [{ disk: disk.name, mountPath: '/srv/data' }];
    const spec = lab.spec('lab-one', libvirt.image, { interfaces, disks, userData });
    const vm = await driver.createVm(spec, signal);
    expect(vm.status).toBe('running');
    expect(await lab.ssh(vm, 'cloud-init status --wait > /dev/null; cat /srv/told; echo; hostname')).toBe(
      'by user data\nlab-one',
    );
    const device = vm.devices?.[disk.name] ?? '';
    expect(await lab.ssh(vm, `blockdev --getsize64 ${device}`)).toBe(String(2 ** 30));
    const [firstId = '', keys] = (await lab.ssh(vm, identity)).split('\n');
    expect(keys).toBe('1');
    await lab.ssh(vm, 'echo copied > /srv/mark; sync');
    const image = await driver.images.snapshotVm({ vm: spec.name, name: 'lab-image', tag }, signal);
    const copySpec = lab.spec('lab-two', { location: image.location, digest: image.digest }, { interfaces });
    const copy = await driver.createVm(copySpec, signal);
    expect(await lab.ssh(copy, 'cloud-init status --wait > /dev/null; cat /srv/mark')).toBe('copied');
    const [otherId, otherKeys, instance, host] = (await lab.ssh(copy, identity)).split('\n');
    expect(otherId).toMatch(/^[0-9a-f]{32}$/);
    expect(otherId).not.toBe(firstId);
    expect([otherKeys, host]).toEqual(['1', 'lab-two']);
    expect(instance).toMatch(/^lab-two-/);
    await driver.stopVm(spec.name, signal);
    expect((await driver.describeVm(spec.name, signal))?.status).toBe('stopped');
    expect(await driver.readConsole(spec.name, signal)).toContain('lab-one');
    await lab.sweep();
    expect(await libvirt.leftovers()).toEqual([]);
  }, 1_200_000);
});
