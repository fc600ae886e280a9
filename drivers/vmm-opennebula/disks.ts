import { type DiskName, type Tag, brandId } from '@trencadis/ids';
import type { Disk, DiskOperations, DiskSpec } from '@trencadis/vmm';
import { diskDatastore, refuseTooSmall } from './datastores.ts';
import { heldByOther, invalid, translated } from './errors.ts';
import { deleteOneImage, imageReady, inUse } from './image-life.ts';
import { asDiskName, ownerMarks } from './marks.ts';
import { type OneImage, type OwnedImage, imageState, ownImages, ownedOf } from './one-image.ts';
import type { Site } from './site.ts';
import { templateText } from './template-text.ts';

const mbPerGiB = 1024;

/** A disk is a persistent image of type DATABLOCK. */
export function openNebulaDisks(site: Site): DiskOperations {
  const exclusive = <Result>(name: DiskName, signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () => site.mutex.run(`disk ${name}`, work));
  return {
    createDisk: (spec, signal) => exclusive(spec.name, signal, () => createDisk(site, spec, signal)),
    deleteDisk: (name, signal) => exclusive(name, signal, () => deleteDisk(site, name, signal)),
    listDisks: (tag, signal) => translated(signal, () => listDisks(site, tag, signal)),
  };
}

async function createDisk(site: Site, spec: DiskSpec, signal: AbortSignal): Promise<Disk> {
  const { name, sizeGiB } = spec;
  if (!(sizeGiB > 0)) throw invalid('disk', name, `its size ${sizeGiB} GiB must be above 0`);
  const images = await ownImages(site, signal);
  const existing = await usable(site, { images, spec }, signal);
  if (existing !== undefined) return existing;
  refuseForeign(images, name);
  const sizeMb = Math.ceil(sizeGiB * mbPerGiB);
  const datastore = await diskDatastore(site, signal);
  refuseTooSmall(datastore, sizeMb);
  const template = templateText({
    NAME: name,
    TYPE: 'DATABLOCK',
    SIZE: sizeMb,
    PERSISTENT: 'YES',
    DEV_PREFIX: 'vd',
    ...ownerMarks('disk', spec),
  });
  const id = await site.oned.id('one.image.allocate', [template, datastore.id], signal);
  await imageReady(site, { what: 'disk', name, id }, signal);
  return spec;
}

interface Wanted {
  readonly images: readonly OneImage[];
  readonly spec: DiskSpec;
}

/** The one that is there; one that OpenNebula could not write is removed, and makes room for another attempt. */
async function usable(site: Site, { images, spec }: Wanted, signal: AbortSignal): Promise<Disk | undefined> {
  const found = ownedOf(images, 'disk').find((disk) => disk.name === spec.name);
  if (found === undefined) return undefined;
  if (found.tag !== spec.tag) throw heldByOther('disk', spec.name, found.tag);
  const named = { what: 'disk', name: spec.name, id: found.id };
  if (found.state === imageState.ERROR) {
    await deleteOneImage(site, named, signal);
    return undefined;
  }
  await imageReady(site, named, signal);
  return toDisk(found);
}

function refuseForeign(images: readonly OneImage[], name: DiskName): void {
  if (images.some(({ title }) => title === name)) throw heldByOther('image', name, undefined);
}

async function deleteDisk(site: Site, name: DiskName, signal: AbortSignal): Promise<void> {
  const owned = ownedOf(await ownImages(site, signal), 'disk');
  for (const { id, vmIds } of owned.filter((disk) => disk.name === name)) {
    if (vmIds.length > 0) throw inUse({ what: 'disk', name }, vmIds);
    await deleteOneImage(site, { what: 'disk', name, id }, signal);
  }
}

async function listDisks(site: Site, tag: Tag, signal: AbortSignal): Promise<readonly Disk[]> {
  const owned = ownedOf(await ownImages(site, signal), 'disk');
  return owned.filter((disk) => disk.tag === tag && asDiskName(disk.name) !== undefined).map(toDisk);
}

function toDisk({ name, tag, sizeMb }: OwnedImage): Disk {
  return { name: brandId('DiskName', name), tag, sizeGiB: sizeMb / mbPerGiB };
}
