import type { StepKind } from '@trencadis/saga';
import { type VmArgs, vmArgs } from '../step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';

/** Not idempotent: interrupted by a crash, the VM may boot twice. */
export const rebootVm: StepKind<StepWorld, VmArgs> = {
  kind: 'reboot-vm@1',
  args: vmArgs,
  run: async (world, { vmm, name }) => (await vmmOf(world, vmm)).rebootVm(name, world.signal),
  undo: { because: 'The VM runs again, with all that it had.' },
};
