import type { DiskOperations } from '@trencadis/vmm';
import { type Call, type Site, isAttached, noRoom, sameOwner } from './site.ts';

export function memoryDisks({ world, quota }: Site, call: Call): DiskOperations {
  return {
    createDisk: (spec, signal) =>
      call('createDisk', signal, () => {
        const existing = world.disks.get(spec.name);
        if (existing !== undefined) return sameOwner(existing.disk, spec.tag);
        if (quota.diskGiB !== undefined && world.used.diskGiB + spec.sizeGiB > quota.diskGiB) {
          throw noRoom('diskGiB', quota.diskGiB);
        }
        world.used.diskGiB += spec.sizeGiB;
        world.disks.set(spec.name, { disk: spec });
        return spec;
      }),
    deleteDisk: (name, signal) =>
      call('deleteDisk', signal, () => {
        const place = world.disks.get(name);
        if (place === undefined) return;
        if (place.attachedTo !== undefined) throw isAttached(name, place.attachedTo);
        world.used.diskGiB -= place.disk.sizeGiB;
        world.disks.delete(name);
      }),
    listDisks: (tag, signal) =>
      call('listDisks', signal, () => world.disks.ofTag(tag).map(({ disk }) => disk)),
  };
}
