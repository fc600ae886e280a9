import { brandId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import type { Vm, VmSpec } from '../model.ts';
import { type Site, type StartSite, codeOf, signal } from './site.ts';

const lasting = ({ addresses, hostKeys, image }: Vm) => ({ addresses, hostKeys, image });

async function expectUnsupported(site: Site, spec: VmSpec): Promise<void> {
  expect(await codeOf(site.driver.updateVm(spec, signal))).toBe('unsupported');
}

function testSizes(start: StartSite): void {
  it('gives a VM another size in place, and back', async () => {
    const site = start();
    const { spec, vm } = await site.started('sized');
    const larger = site.size(true);
    const wanted = { ...spec, ...larger };
    if (site.driver.capabilities.update.size === false) return expectUnsupported(site, wanted);
    expect(await site.driver.updateVm(wanted, signal)).toMatchObject(larger);
    await site.driver.updateVm(wanted, signal);
    const seen = await site.running(spec.name);
    expect(seen).toMatchObject(larger);
    expect(lasting(seen)).toEqual(lasting(vm));
    const { cpuCount, memoryMiB } = await site.driver.updateVm(spec, signal);
    expect({ cpuCount, memoryMiB }).toEqual({ cpuCount: spec.cpuCount, memoryMiB: spec.memoryMiB });
  });

  it('leaves a stopped VM stopped when it gets another size', async () => {
    const site = start();
    const { update, power } = site.driver.capabilities;
    const { spec } = await site.started('at-rest');
    const larger = site.size(true);
    const wanted = { ...spec, ...larger };
    if (update.size === false) return expectUnsupported(site, wanted);
    if (power) await site.driver.stopVm(spec.name, signal);
    const updated = await site.driver.updateVm(wanted, signal);
    expect(updated).toMatchObject(power ? { ...larger, status: 'stopped' } : larger);
    if (power) await site.driver.startVm(spec.name, signal);
    expect(await site.running(spec.name)).toMatchObject(larger);
  });
}

function testAttachments(start: StartSite): void {
  it('attaches a disk to a VM and detaches it again', async () => {
    const site = start();
    const { update, disks } = site.driver.capabilities;
    const { spec, vm } = await site.started('disked');
    const disk = site.diskSpec('data');
    const wanted = { ...spec, disks: [{ disk: disk.name, mountPath: '/srv/data' }] };
    if (update.disks === false || !disks) return expectUnsupported(site, wanted);
    await site.driver.disks.createDisk(disk, signal);
    expect((await site.driver.updateVm(wanted, signal)).disks).toEqual(wanted.disks);
    await site.driver.updateVm(wanted, signal);
    const seen = await site.running(spec.name);
    expect(lasting(seen)).toEqual(lasting(vm));
    expect(seen.disks).toEqual(wanted.disks);
    expect(await codeOf(site.driver.disks.deleteDisk(disk.name, signal))).toBe('conflict');
    expect((await site.driver.updateVm(spec, signal)).disks).toEqual([]);
    await site.driver.disks.deleteDisk(disk.name, signal);
    await site.running(spec.name);
  });

  it('attaches no disk that another VM has, and none that is not there', async () => {
    const site = start();
    const { update, disks } = site.driver.capabilities;
    const { spec } = await site.started('rival');
    const disk = site.diskSpec('data');
    const wanted = { ...spec, disks: [{ disk: disk.name, mountPath: '/srv/data' }] };
    if (update.disks === false || !disks) return expectUnsupported(site, wanted);
    expect(await codeOf(site.driver.updateVm(wanted, signal))).toBe('not-found');
    await site.driver.disks.createDisk(disk, signal);
    await site.driver.createVm(site.vm('owner', { disks: wanted.disks }), signal);
    expect(await codeOf(site.driver.updateVm(wanted, signal))).toBe('conflict');
    expect((await site.running(spec.name)).disks).toEqual([]);
  });
}

export function testUpdates(start: StartSite): void {
  testSizes(start);
  testAttachments(start);

  it('changes neither the image nor the networks of a VM, nor one of another tag', async () => {
    const site = start();
    const { update, networks } = site.driver.capabilities;
    const { spec, vm } = await site.started('fixed');
    const larger = site.size(true);
    const image = { ...spec.image, location: `${spec.image.location}-other` };
    await expectUnsupported(site, { ...spec, ...larger, image });
    if (networks) {
      const interfaces = [...spec.interfaces, { network: (await site.network('second')).name }];
      await expectUnsupported(site, { ...spec, interfaces });
    }
    const foreign = { ...spec, ...larger, tag: brandId('Tag', `${site.tag}-other`) };
    const refused = update.size === false ? 'unsupported' : 'conflict';
    expect(await codeOf(site.driver.updateVm(foreign, signal))).toBe(refused);
    expect(await site.driver.describeVm(spec.name, signal)).toEqual(vm);
  });

  it('updates no VM that is not there', async () => {
    const site = start();
    const { size, disks } = site.driver.capabilities.update;
    const expected = size === false && disks === false ? 'unsupported' : 'not-found';
    expect(await codeOf(site.driver.updateVm(site.vm('absent'), signal))).toBe(expected);
    expect(await site.driver.listVms(site.tag, signal)).toEqual([]);
  });
}
