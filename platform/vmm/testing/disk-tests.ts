import { brandId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { type Site, type StartSite, codeOf, signal } from './site.ts';

async function expectUnsupported(site: Site): Promise<void> {
  const { disks } = site.driver;
  const spec = site.diskSpec('none');
  expect(await codeOf(disks.createDisk(spec, signal))).toBe('unsupported');
  expect(await codeOf(disks.deleteDisk(spec.name, signal))).toBe('unsupported');
  expect(await codeOf(disks.listDisks(spec.tag, signal))).toBe('unsupported');
}

export function testDisks(start: StartSite): void {
  it('creates disks once each, lists and deletes them', async () => {
    const site = start();
    const { disks } = site.driver;
    if (!site.driver.capabilities.disks) return expectUnsupported(site);
    const spec = site.diskSpec('data');
    expect(await disks.createDisk(spec, signal)).toEqual(spec);
    expect(await disks.createDisk(spec, signal)).toEqual(spec);
    expect(await disks.listDisks(site.tag, signal)).toEqual([spec]);
    expect(await disks.listDisks(site.neighbour().tag, signal)).toEqual([]);
    const foreign = { ...spec, tag: brandId('Tag', `${site.tag}-other`) };
    expect(await codeOf(disks.createDisk(foreign, signal))).toBe('conflict');
    await disks.deleteDisk(spec.name, signal);
    await disks.deleteDisk(spec.name, signal);
    expect(await disks.listDisks(site.tag, signal)).toEqual([]);
  });

  it('keeps a disk that is attached, through a stop and after its VM', async () => {
    const site = start();
    const { disks, capabilities } = site.driver;
    if (!capabilities.disks) return expectUnsupported(site);
    const disk = site.diskSpec('data');
    await disks.createDisk(disk, signal);
    const attached = { disks: [{ disk: disk.name, mountPath: '/srv/data' }] };
    const spec = site.vm('owner', attached);
    await site.driver.createVm(spec, signal);
    await site.running(spec.name);
    expect(await codeOf(disks.deleteDisk(disk.name, signal))).toBe('conflict');
    expect(await codeOf(site.driver.createVm(site.vm('rival', attached), signal))).toBe('conflict');
    if (capabilities.power) await site.driver.stopVm(spec.name, signal);
    expect(await codeOf(disks.deleteDisk(disk.name, signal))).toBe('conflict');
    await site.driver.deleteVm(spec.name, signal);
    expect(await disks.listDisks(site.tag, signal)).toEqual([disk]);
    const heir = site.vm('heir', attached);
    await site.driver.createVm(heir, signal);
    await site.running(heir.name);
  });
}
