import type { StepKind } from '@trencadis/saga';
import { type VmArgs, vmArgs } from '../step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';

export const startVm: StepKind<StepWorld, VmArgs> = {
  kind: 'start-vm@1',
  args: vmArgs,
  run: (world, { vmm, name }) => vmmOf(world, vmm).startVm(name, world.signal),
  undo: (world, { vmm, name }) => vmmOf(world, vmm).stopVm(name, world.signal),
};
