import type { StepKind } from '@trencadis/saga';
import { type DeleteNetworkArgs, deleteNetworkArgs } from '../step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';

export const deleteNetwork: StepKind<StepWorld, DeleteNetworkArgs> = {
  kind: 'delete-network@1',
  args: deleteNetworkArgs,
  run: async (world, { vmm, name }) => (await vmmOf(world, vmm)).networks.deleteNetwork(name, world.signal),
  undo: { because: 'Nothing was attached to it; the next plan makes it again if it is wanted.' },
};
