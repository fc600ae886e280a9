import type { StepKind } from '@trencadis/saga';
import { type DeleteVmArgs, deleteVmArgs } from '../step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';

export const deleteVm: StepKind<StepWorld, DeleteVmArgs> = {
  kind: 'delete-vm@1',
  args: deleteVmArgs,
  run: async (world, { infrastructureId, vmm, name }) => {
    await (await vmmOf(world, vmm)).deleteVm(name, world.signal);
    await world.store.clearConfigured(infrastructureId, name);
    await world.store.clearHook(infrastructureId, name);
  },
  undo: { because: 'A deleted VM cannot come back; the next plan makes a new one if it is wanted.' },
};
