import { PlatformError } from '@trencadis/errors';
import { sha256OfText } from '@trencadis/ids';
import type { StepKind } from '@trencadis/saga';
import { userDataStage } from '../configuration-key.ts';
import { type CreateVmArgs, createVmArgs } from '../step-arguments.ts';
import { type StepWorld, vmmOf } from '../step-world.ts';
import { withLogin } from './with-login.ts';

export const createVm: StepKind<StepWorld, CreateVmArgs> = {
  kind: 'create-vm@1',
  args: createVmArgs,
  run: async (world, { infrastructureId, vmm, spec }) => {
    await world.store.clearConfigured(infrastructureId, spec.name);
    const driver = await vmmOf(world, vmm);
    const vm = await driver.createVm(await withLogin(world, infrastructureId, spec), world.signal);
    if (vm.status === 'failed') {
      // Asked again, the VM manager would answer the same VM: the retry shall make a new one.
      await driver.deleteVm(spec.name, world.signal);
      const message = `VM ${spec.name} failed to start: ${vm.failure ?? 'no reason given'}.`;
      throw new PlatformError('unavailable', message, { subject: spec.name });
    }
    if (spec.userData !== undefined) {
      const key = sha256OfText(spec.userData);
      await world.store.setConfigured(infrastructureId, { name: spec.name, stage: userDataStage, key });
    }
    const addresses = vm.addresses.map(({ address }) => address).join(', ');
    world.progress(`VM ${spec.name} has ${addresses || 'no network'}`);
  },
  undo: async (world, { infrastructureId, vmm, spec }) => {
    await (await vmmOf(world, vmm)).deleteVm(spec.name, world.signal);
    await world.store.clearConfigured(infrastructureId, spec.name);
  },
};
