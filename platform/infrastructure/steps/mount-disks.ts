import { PlatformError, isPlatformError } from '@trencadis/errors';
import { sha256OfJson } from '@trencadis/ids';
import type { StepContext, StepKind } from '@trencadis/saga';
import { connectToVm } from '../connect-to-vm.ts';
import { mountKey, mountStage } from '../decide-mounts.ts';
import { mountGuestDisks } from '../guest-disks.ts';
import type { DesiredMount } from '../model.ts';
import { type MountDisksArgs, mountDisksArgs } from '../step-arguments.ts';
import { type StepWorld, getVm } from '../step-world.ts';

type World = StepContext<StepWorld>;

/** Where a VM manager does not mount disks: formats blank ones and mounts them, and unmounts what is to leave. */
export const mountDisks: StepKind<StepWorld, MountDisksArgs> = {
  kind: 'mount-disks@1',
  args: mountDisksArgs,
  run: (world, args) => bringTo(world, args, args.disks),
  undo: async (world, args) => {
    // Of a VM that is new, everything goes with it.
    if (args.previous === undefined) return;
    try {
      await bringTo(world, args, args.previous);
    } catch (error) {
      // What is mounted shall not hold back a change that is undone: entries of disks that are gone do no harm.
      if (!isPlatformError(error)) throw error;
      world.progress(`disks of ${args.name} stay as they are: ${error.message}`);
    }
  },
};

async function bringTo(world: World, args: MountDisksArgs, disks: readonly DesiredMount[]): Promise<void> {
  const { infrastructureId, name } = args;
  const { devices = {}, status } = await getVm(world, args, world.signal);
  if (status !== 'running')
    throw new PlatformError('unavailable', `VM ${name} does not run (status ${status}).`, { subject: name });
  await world.store.clearConfigured(infrastructureId, name, mountStage);
  const shell = await connectToVm(world, args, world.signal);
  try {
    const { clock, signal, progress } = world;
    const parts = { shell, clock, signal, progress };
    await mountGuestDisks(parts, { vmName: name, disks, devices });
  } finally {
    await shell.close();
  }
  const key = mountKey(disks, sha256OfJson);
  if (key !== undefined) await world.store.setConfigured(infrastructureId, { name, stage: mountStage, key });
}
