import { pollUntil } from '@trencadis/clock';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { StepKind } from '@trencadis/saga';
import { connectToVm } from '../connect-to-vm.ts';
import { type AwaitShellArgs, awaitShellArgs } from '../step-arguments.ts';
import { type StepWorld, getVm, vmmOf } from '../step-world.ts';

const pollMs = 200;
const deadlineMs = 300_000;

/**
 * Waits until the VM's own sshd, with the host key pinned at its creation, lets the administrator's key in; where VMs
 * have no shell, until it runs.
 */
export const awaitShell: StepKind<StepWorld, AwaitShellArgs> = {
  kind: 'await-shell@1',
  args: awaitShellArgs,
  run: async (world, args) => {
    const { shell } = (await vmmOf(world, args.vmm)).capabilities;
    const answer = await pollUntil(() => (shell ? tryConnect(world, args) : seeRunning(world, args)), {
      clock: world.clock,
      everyMs: pollMs,
      deadlineMs,
      signal: world.signal,
    });
    if (answer === undefined) {
      throw new PlatformError(
        'unavailable',
        `VM ${args.name} ${shell ? 'did not answer on SSH' : 'did not run'} within ${deadlineMs / 1000} s; its console log says why.`,
        { subject: args.name },
      );
    }
  },
  undo: { because: 'Waiting changes nothing.' },
};

type World = Parameters<typeof awaitShell.run>[0];

async function seeRunning(world: World, args: AwaitShellArgs): Promise<true | undefined> {
  const { status } = await getVm(world, args, world.signal);
  return status === 'running' ? true : undefined;
}

async function tryConnect(world: World, args: AwaitShellArgs): Promise<true | undefined> {
  try {
    const shell = await connectToVm(world, args, world.signal);
    await shell.close();
    return true;
  } catch (error) {
    if (isPlatformError(error, 'unavailable') || isPlatformError(error, 'unauthenticated')) return undefined;
    throw error;
  }
}
