import { brandId, sha256OfText } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { type StartSite, codeOf, signal } from './site.ts';

export function testVms(start: StartSite): void {
  it('creates a VM that runs, with addresses, a login and host keys known', async () => {
    const site = start();
    const spec = site.vm('one');
    await site.driver.createVm(spec, signal);
    const vm = await site.running(spec.name);
    expect(vm).toMatchObject({
      name: spec.name,
      tag: spec.tag,
      image: spec.image,
      cpuCount: spec.cpuCount,
      memoryMiB: spec.memoryMiB,
      disks: spec.disks,
    });
    expect(vm.failure).toBeUndefined();
    expect(vm.hostKeys.length).toBeGreaterThan(0);
    for (const key of vm.hostKeys) expect(key).toMatch(/^(ssh|ecdsa)-\S+ AAAA[A-Za-z0-9+/]+=*$/);
  });

  it('creates the same VM twice as one', async () => {
    const site = start();
    const spec = site.vm('twice');
    const [first, second] = await Promise.all([
      site.driver.createVm(spec, signal),
      site.driver.createVm(spec, signal),
    ]);
    const third = await site.driver.createVm(spec, signal);
    expect(second.hostKeys).toEqual(first.hostKeys);
    expect(third.hostKeys).toEqual(first.hostKeys);
    expect(await site.driver.listVms(site.tag, signal)).toHaveLength(1);
  });

  it('deletes what is not there', async () => {
    const site = start();
    await site.driver.deleteVm(site.vmName('absent'), signal);
    expect(await site.driver.describeVm(site.vmName('absent'), signal)).toBeUndefined();
  });

  it('deletes a VM once when two ask', async () => {
    const site = start();
    const spec = site.vm('both');
    await site.driver.createVm(spec, signal);
    await Promise.all([site.driver.deleteVm(spec.name, signal), site.driver.deleteVm(spec.name, signal)]);
    expect(await site.driver.describeVm(spec.name, signal)).toBeUndefined();
    expect(await site.driver.listVms(site.tag, signal)).toEqual([]);
  });

  it('lists the VMs of one tag and no others', async () => {
    const site = start();
    const other = site.neighbour();
    try {
      await site.driver.createVm(site.vm('a'), signal);
      await site.driver.createVm(site.vm('b'), signal);
      await site.driver.createVm(other.vm('c'), signal);
      const names = (await site.driver.listVms(site.tag, signal)).map((vm) => vm.name).sort();
      expect(names).toEqual([site.vmName('a'), site.vmName('b')]);
    } finally {
      await other.sweep();
    }
  });
}

export function testNames(start: StartSite): void {
  it('refuses a name that another tag holds', async () => {
    const site = start();
    const spec = site.vm('taken');
    await site.driver.createVm(spec, signal);
    const foreign = { ...spec, tag: brandId('Tag', `${site.tag}-other`) };
    expect(await codeOf(site.driver.createVm(foreign, signal))).toBe('conflict');
    expect((await site.driver.describeVm(spec.name, signal))?.tag).toBe(site.tag);
  });

  it('refuses an unknown image and leaves nothing', async () => {
    const site = start();
    const known = site.vm('no-image');
    const image = { location: `${known.image.location}-absent`, digest: sha256OfText('absent') };
    expect(['not-found', 'invalid-argument']).toContain(
      await codeOf(site.driver.createVm({ ...known, image }, signal)),
    );
    expect(await site.driver.listVms(site.tag, signal)).toEqual([]);
  });

  it('refuses an unknown network or disk and leaves nothing', async () => {
    const site = start();
    const { networks, disks } = site.driver.capabilities;
    const network = brandId('NetworkName', `${site.tag}-absent`);
    const disk = brandId('DiskName', `${site.tag}-absent`);
    const onNetwork = site.vm('no-net', { interfaces: [{ network }] });
    const onDisk = site.vm('no-disk', { disks: [{ disk, mountPath: '/data' }] });
    expect(await codeOf(site.driver.createVm(onNetwork, signal))).toBe(
      networks ? 'not-found' : 'unsupported',
    );
    expect(await codeOf(site.driver.createVm(onDisk, signal))).toBe(disks ? 'not-found' : 'unsupported');
    expect(await site.driver.listVms(site.tag, signal)).toEqual([]);
  });
}
