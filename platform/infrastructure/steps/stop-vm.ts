import type { StepKind } from '@trencadis/saga';
import { type VmArgs, vmArgs } from '../step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';

export const stopVm: StepKind<StepWorld, VmArgs> = {
  kind: 'stop-vm@1',
  args: vmArgs,
  run: async (world, { vmm, name }) => (await vmmOf(world, vmm)).stopVm(name, world.signal),
  undo: async (world, { vmm, name }) => (await vmmOf(world, vmm)).startVm(name, world.signal),
};
