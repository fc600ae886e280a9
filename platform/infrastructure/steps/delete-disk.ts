import type { StepKind } from '@trencadis/saga';
import { type DeleteDiskArgs, deleteDiskArgs } from '../step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';

export const deleteDisk: StepKind<StepWorld, DeleteDiskArgs> = {
  kind: 'delete-disk@1',
  args: deleteDiskArgs,
  run: async (world, { vmm, name }) => (await vmmOf(world, vmm)).disks.deleteDisk(name, world.signal),
  undo: { because: 'The data of a deleted disk is gone.' },
};
