import type { StepKind } from '@trencadis/saga';
import { type UpdateNetworkArgs, updateNetworkArgs } from '../step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';

/** Opens exactly the ports of its spec on a network that is there. */
export const updateNetwork: StepKind<StepWorld, UpdateNetworkArgs> = {
  kind: 'update-network@1',
  args: updateNetworkArgs,
  run: async (world, { vmm, spec }) => {
    await (await vmmOf(world, vmm)).networks.updateNetwork(spec, world.signal);
  },
  undo: async (world, { vmm, spec, previous }) => {
    await (await vmmOf(world, vmm)).networks.updateNetwork({ ...spec, openPorts: previous }, world.signal);
  },
};
