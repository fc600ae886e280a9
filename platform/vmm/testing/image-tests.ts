import { brandId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { type Site, type StartSite, codeOf, signal } from './site.ts';

async function expectUnsupported(site: Site): Promise<void> {
  const { images } = site.driver;
  const spec = site.snapshotSpec(site.vmName('none'), 'none');
  expect(await codeOf(images.snapshotVm(spec, signal))).toBe('unsupported');
  expect(await codeOf(images.deleteImage(spec.name, signal))).toBe('unsupported');
  expect(await codeOf(images.listImages(spec.tag, signal))).toBe('unsupported');
}

export function testImages(start: StartSite): void {
  it('makes images of a VM once each, lists and deletes them', async () => {
    const site = start();
    const { images, capabilities } = site.driver;
    if (!capabilities.images) return expectUnsupported(site);
    const { spec } = await site.started('model');
    const snapshot = site.snapshotSpec(spec.name, 'image');
    const made = await images.snapshotVm(snapshot, signal);
    expect(made).toMatchObject({ name: snapshot.name, tag: site.tag });
    expect(made.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await images.snapshotVm(snapshot, signal)).toEqual(made);
    const foreign = { ...snapshot, tag: brandId('Tag', `${site.tag}-other`) };
    expect(await codeOf(images.snapshotVm(foreign, signal))).toBe('conflict');
    await site.running(spec.name);
    await site.driver.deleteVm(spec.name, signal);
    expect(await images.listImages(site.tag, signal)).toEqual([made]);
    expect(await images.listImages(site.neighbour().tag, signal)).toEqual([]);
    await images.deleteImage(made.name, signal);
    await images.deleteImage(made.name, signal);
    expect(await images.listImages(site.tag, signal)).toEqual([]);
  });

  it('boots a VM of its own from an image of another that is stopped', async () => {
    const site = start();
    const { images, capabilities } = site.driver;
    if (!capabilities.images) return expectUnsupported(site);
    const { spec, vm } = await site.started('model');
    if (capabilities.power) await site.driver.stopVm(spec.name, signal);
    const image = await images.snapshotVm(site.snapshotSpec(spec.name, 'image'), signal);
    if (capabilities.power) await site.stopped(spec.name);
    const reference = { location: image.location, digest: image.digest };
    const copy = await site.started('copy', { image: reference });
    expect(copy.vm.image).toEqual(reference);
    expect(copy.vm.hostKeys).not.toEqual(vm.hostKeys);
    expect(['succeeded', 'conflict']).toContain(await codeOf(images.deleteImage(image.name, signal)));
    await site.running(copy.spec.name);
  });

  it('makes no image of a VM that is not there, nor under a name that is none', async () => {
    const site = start();
    const { images, capabilities } = site.driver;
    if (!capabilities.images) return expectUnsupported(site);
    const snapshot = site.snapshotSpec(site.vmName('absent'), 'image');
    expect(await codeOf(images.snapshotVm(snapshot, signal))).toBe('not-found');
    const escaping = { ...snapshot, name: '../image' };
    expect(await codeOf(images.snapshotVm(escaping, signal))).toBe('invalid-argument');
    expect(await images.listImages(site.tag, signal)).toEqual([]);
  });
}
