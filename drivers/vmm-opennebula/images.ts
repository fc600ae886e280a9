import { PlatformError } from '@trencadis/errors';
import { brandId, idPatterns } from '@trencadis/ids';
import type { ImageOperations, SnapshotSpec, VmImage } from '@trencadis/vmm';
import { listBootable } from './bootable-images.ts';
import { heldByOther, invalid, translated } from './errors.ts';
import { deleteOneImage, imageReady, inUse } from './image-life.ts';
import { ownerMarks, provisionalName } from './marks.ts';
import { type OwnedImage, digestOfImage, imageState, ownImages, ownedOf } from './one-image.ts';
import { type OneVm, rootDiskId } from './one-vm.ts';
import { atRest } from './power.ts';
import type { Site } from './site.ts';
import { templateText } from './template-text.ts';
import { getVm } from './vm-pool.ts';

export function openNebulaImages(site: Site): ImageOperations {
  const exclusive = <Result>(name: string, signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () => site.mutex.run(`image ${name}`, work));
  return {
    snapshotVm: (spec, signal) => exclusive(spec.name, signal, () => snapshotVm(site, spec, signal)),
    deleteImage: (name, signal) => exclusive(name, signal, () => deleteImage(site, name, signal)),
    listImages: (tag, signal) =>
      translated(signal, async () =>
        ownedOf(await ownImages(site, signal), 'image')
          .filter((image) => image.tag === tag)
          .map(toVmImage),
      ),
    listBootable: (filter, signal) => translated(signal, () => listBootable(site, filter, signal)),
  };
}

/**
 * The root disk is saved as an image of its own. OpenNebula takes no attributes with that: its name says whose it is
 * until they are written.
 */
async function snapshotVm(site: Site, spec: SnapshotSpec, signal: AbortSignal): Promise<VmImage> {
  const { name } = spec;
  if (!idPatterns.VmName.test(name)) throw invalid('image', name, `'${name}' is no DNS label`);
  const existing = await usable(site, spec, signal);
  if (existing !== undefined) return finish(site, { spec, id: existing.id }, signal);
  const vm = await atRest(site, await getVm(site, spec.vm, signal), signal);
  const id = await save(site, { vm, spec }, signal);
  return finish(site, { spec, id }, signal);
}

/** The one that is there; one that OpenNebula could not write is removed, and makes room for another attempt. */
async function usable(site: Site, spec: SnapshotSpec, signal: AbortSignal): Promise<OwnedImage | undefined> {
  const images = await ownImages(site, signal);
  const found = ownedOf(images, 'image').find((image) => image.name === spec.name);
  if (found === undefined) {
    if (images.some(({ title }) => title === spec.name)) throw heldByOther('image', spec.name, undefined);
    return undefined;
  }
  if (found.tag !== spec.tag) throw heldByOther('image', spec.name, found.tag);
  if (found.state !== imageState.ERROR) return found;
  await deleteOneImage(site, { what: 'image', name: spec.name, id: found.id }, signal);
  return undefined;
}

interface Saving {
  readonly vm: OneVm;
  readonly spec: SnapshotSpec;
}

async function save(site: Site, { vm, spec }: Saving, signal: AbortSignal): Promise<number> {
  const diskId = rootDiskId(vm);
  if (diskId === undefined) {
    throw new PlatformError('conflict', `The VM ${spec.vm} has no root disk at OpenNebula.`, {
      subject: spec.vm,
    });
  }
  const [typeOfDisk, noSnapshot] = ['', -1];
  const args = [vm.id, diskId, provisionalName(spec), typeOfDisk, noSnapshot] as const;
  return site.oned.id('one.vm.disksaveas', args, signal);
}

interface Saved {
  readonly spec: SnapshotSpec;
  readonly id: number;
}

async function finish(site: Site, { spec, id }: Saved, signal: AbortSignal): Promise<VmImage> {
  const { name, tag } = spec;
  const merging = 1;
  await site.oned.id(
    'one.image.update',
    [id, templateText(ownerMarks('image', { name, tag })), merging],
    signal,
  );
  await imageReady(site, { what: 'image', name, id }, signal);
  return { name, tag, location: String(id), digest: digestOfImage(id) };
}

async function deleteImage(site: Site, name: string, signal: AbortSignal): Promise<void> {
  const owned = ownedOf(await ownImages(site, signal), 'image');
  for (const { id, vmIds } of owned.filter((image) => image.name === name)) {
    if (vmIds.length > 0) throw inUse({ what: 'image', name }, vmIds);
    await deleteOneImage(site, { what: 'image', name, id }, signal);
  }
}

function toVmImage({ id, name, tag }: OwnedImage): VmImage {
  return { name, tag: brandId('Tag', tag), location: String(id), digest: digestOfImage(id) };
}
