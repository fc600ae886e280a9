import type { DiskName } from '@trencadis/ids';
import type { Disk, DiskOperations, DiskSpec } from '@trencadis/vmm';
import { attachedElsewhere } from './claims.ts';
import { listDomains } from './domains.ts';
import { heldByOther, invalid, translated } from './errors.ts';
import { checkRoom } from './host.ts';
import type { Site } from './site.ts';
import { type DiskVolume, parseDiskVolume, volumeNames } from './volume-names.ts';

const gibibyte = 2 ** 30;

/** Data disks: qcow2 volumes of the pool, which grow as they are written. */
export function libvirtDisks(site: Site): DiskOperations {
  const locked = <Result>(signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () => site.mutex.run('claims', work));
  return {
    createDisk: (spec, signal) => locked(signal, () => createDisk(site, spec, signal)),
    deleteDisk: (name, signal) => locked(signal, () => deleteDisk(site, name, signal)),
    listDisks: (tag, signal) =>
      translated(signal, async () => {
        const all = await diskVolumes(site, signal);
        return all.filter((each) => each.tag === tag).map(toDisk);
      }),
  };
}

const toDisk = ({ name, tag, sizeGiB }: DiskVolume): Disk => ({ name, tag, sizeGiB });

/** In one order, so that two processes agree on which of two volumes of one name was first. */
async function diskVolumes(site: Site, signal: AbortSignal): Promise<readonly DiskVolume[]> {
  const volumes = await site.pool.list(signal);
  return volumes.toSorted().flatMap((volume) => parseDiskVolume(volume) ?? []);
}

async function createDisk(site: Site, spec: DiskSpec, signal: AbortSignal): Promise<Disk> {
  const { name, sizeGiB } = spec;
  if (!Number.isInteger(sizeGiB) || sizeGiB < 1) {
    throw invalid(`The disk ${name} must have a whole number of GiB, not ${sizeGiB}.`, name);
  }
  const find = async () => (await diskVolumes(site, signal)).find((each) => each.name === name);
  let found = await find();
  if (found === undefined) {
    await checkRoom(site, { name, diskGiB: sizeGiB }, signal);
    const volume = volumeNames.disk(spec);
    await site.pool.create({ name: volume, capacityBytes: sizeGiB * gibibyte, format: 'qcow2' }, signal);
    // The name is in the volume's, but so are tag and size: another process may have made one of this name at this moment.
    found = await find();
    if (found !== undefined && found.volume !== volume) await site.pool.delete([volume], signal);
  }
  if (found === undefined || found.tag !== spec.tag) throw heldByOther('disk', name, found?.tag);
  return toDisk(found);
}

async function deleteDisk(site: Site, name: DiskName, signal: AbortSignal): Promise<void> {
  const found = (await diskVolumes(site, signal)).filter((each) => each.name === name);
  if (found.length === 0) return;
  const users = await listDomains(site, signal);
  const owner = users.find(({ facts }) => facts.disks.some(({ disk }) => disk === name));
  if (owner !== undefined) throw attachedElsewhere(name, owner.name);
  await site.pool.delete(
    found.map(({ volume }) => volume),
    signal,
  );
}
