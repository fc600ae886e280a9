import type { StepKind } from '@trencadis/saga';
import { type UpdateVmArgs, updateVmArgs } from '../step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';
import { withLogin } from './with-login.ts';

export const updateVm: StepKind<StepWorld, UpdateVmArgs> = {
  kind: 'update-vm@1',
  args: updateVmArgs,
  run: async (world, { infrastructureId, vmm, spec }) => {
    const driver = await vmmOf(world, vmm);
    await driver.updateVm(await withLogin(world, infrastructureId, spec), world.signal);
  },
  undo: async (world, { infrastructureId, vmm, spec, previous }) => {
    const driver = await vmmOf(world, vmm);
    await driver.updateVm(await withLogin(world, infrastructureId, { ...spec, ...previous }), world.signal);
  },
};
