import type { StepKind } from '@trencadis/saga';
import { type CreateDiskArgs, createDiskArgs } from '../step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';

export const createDisk: StepKind<StepWorld, CreateDiskArgs> = {
  kind: 'create-disk@1',
  args: createDiskArgs,
  run: async (world, { infrastructureId, vmm, spec, isPersistent }) => {
    const infrastructure = isPersistent ? await world.store.find(infrastructureId) : undefined;
    if (infrastructure) {
      const { owner, name: infrastructureName } = infrastructure;
      const { name, sizeGiB } = spec;
      const createdAt = world.clock.now();
      await world.store.notePersistentDisk({ vmm, name, sizeGiB, owner, infrastructureName, createdAt });
    }
    await (await vmmOf(world, vmm)).disks.createDisk(spec, world.signal);
  },
  undo: async (world, { vmm, spec, isPersistent }) => {
    // Creating is idempotent, so a persistent disk may have been there before this plan, with data on it.
    if (isPersistent) return world.progress(`persistent disk ${spec.name} is kept`);
    await (await vmmOf(world, vmm)).disks.deleteDisk(spec.name, world.signal);
  },
};
