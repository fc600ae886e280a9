import type { StepKind } from '@trencadis/saga';
import { type CreateNetworkArgs, createNetworkArgs } from '../step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';

export const createNetwork: StepKind<StepWorld, CreateNetworkArgs> = {
  kind: 'create-network@1',
  args: createNetworkArgs,
  run: async (world, { vmm, spec }) => {
    const network = await (await vmmOf(world, vmm)).networks.createNetwork(spec, world.signal);
    world.progress(`${spec.kind} network ${spec.name} is ${network.subnet}`);
  },
  undo: async (world, { vmm, spec }) =>
    (await vmmOf(world, vmm)).networks.deleteNetwork(spec.name, world.signal),
};
