import { pollUntil } from '@trencadis/clock';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { StepKind } from '@trencadis/saga';
import { connectToVm } from '../connect-to-vm.ts';
import { type AwaitShellArgs, awaitShellArgs } from '../step-arguments.ts';
import type { StepWorld } from '../step-world.ts';

const pollMs = 200;
const deadlineMs = 300_000;

/** Waits until the VM's own sshd, with the host key pinned at its creation, lets the administrator's key in. */
export const awaitShell: StepKind<StepWorld, AwaitShellArgs> = {
  kind: 'await-shell@1',
  args: awaitShellArgs,
  run: async (world, args) => {
    const answer = await pollUntil(() => tryConnect(world, args), {
      clock: world.clock,
      everyMs: pollMs,
      deadlineMs,
      signal: world.signal,
    });
    if (answer === undefined) {
      throw new PlatformError(
        'unavailable',
        `VM ${args.name} did not answer on SSH within ${deadlineMs / 1000} s; its console log says why.`,
        { subject: args.name },
      );
    }
  },
  undo: { because: 'Waiting changes nothing.' },
};

async function tryConnect(
  world: Parameters<typeof awaitShell.run>[0],
  args: AwaitShellArgs,
): Promise<true | undefined> {
  try {
    const shell = await connectToVm(world, args, world.signal);
    await shell.close();
    return true;
  } catch (error) {
    if (isPlatformError(error, 'unavailable') || isPlatformError(error, 'unauthenticated')) return undefined;
    throw error;
  }
}
