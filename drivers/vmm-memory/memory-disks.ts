import { PlatformError } from '@trencadis/errors';
import type { DiskOperations } from '@trencadis/vmm';
import { type Call, type Site, noRoom, sameOwner } from './site.ts';

export function memoryDisks({ world, quota }: Site, call: Call): DiskOperations {
  return {
    createDisk: (spec, signal) =>
      call('createDisk', signal, () => {
        const existing = world.disks.get(spec.name);
        if (existing !== undefined) return sameOwner(existing.disk, spec.tag);
        if (quota.diskGiB !== undefined) {
          const used = [...world.disks.values()].reduce((sum, { disk }) => sum + disk.sizeGiB, 0);
          if (used + spec.sizeGiB > quota.diskGiB) throw noRoom('diskGiB', quota.diskGiB);
        }
        world.disks.set(spec.name, { disk: spec });
        return spec;
      }),
    deleteDisk: (name, signal) =>
      call('deleteDisk', signal, () => {
        const attachedTo = world.disks.get(name)?.attachedTo;
        if (attachedTo !== undefined) {
          throw new PlatformError('conflict', `The disk ${name} is attached to ${attachedTo}.`, {
            subject: name,
          });
        }
        world.disks.delete(name);
      }),
    listDisks: (tag, signal) =>
      call('listDisks', signal, () =>
        [...world.disks.values()].map(({ disk }) => disk).filter((disk) => disk.tag === tag),
      ),
  };
}
