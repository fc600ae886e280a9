import { pollUntil } from '@trencadis/clock';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { StepKind } from '@trencadis/saga';
import { connectToVm } from '../connect-to-vm.ts';
import { type AwaitShellArgs, awaitShellArgs } from '../step-arguments.ts';
import { type StepWorld, getVm, vmmOf } from '../step-world.ts';

const pollMs = 200;
const defaultDeadlineMs = 300_000;
const consoleLines = 12;

/**
 * Waits until the VM's own sshd, with the host key pinned at its creation, lets the administrator's key in; where VMs
 * have no shell, until it runs. Has a deadline of its own: what has not booted by then is not waited for again.
 */
export const awaitShell: StepKind<StepWorld, AwaitShellArgs> = {
  kind: 'await-shell@1',
  isWaiting: true,
  args: awaitShellArgs,
  run: async (world, args) => {
    const deadlineMs = world.bootDeadlineMs ?? defaultDeadlineMs;
    let lastWhy = '';
    const lookAgain = async () => {
      const why = await whyNotReady(world, args);
      if (why === undefined) return true;
      lastWhy = why;
      return undefined;
    };
    const options = { clock: world.clock, everyMs: pollMs, deadlineMs, signal: world.signal };
    if (await pollUntil(lookAgain, options)) return;
    const waited = `VM ${args.name} was not ready within ${deadlineMs / 1000} s.`;
    const message = `${waited} ${lastWhy} ${await consoleOf(world, args)}`;
    throw new PlatformError('unavailable', message, { subject: args.name });
  },
  undo: { because: 'Waiting changes nothing.' },
  retryForMs: 0,
};

type World = Parameters<typeof awaitShell.run>[0];

/** Until a VM has booted it may be silent, or not know the key yet. Another host key is no matter of time. */
async function whyNotReady(world: World, args: AwaitShellArgs): Promise<string | undefined> {
  try {
    const { status, failure = 'no reason given' } = await getVm(world, args, world.signal);
    if (status === 'failed')
      throw new PlatformError('unsupported', `VM ${args.name} has failed: ${failure}.`, {
        subject: args.name,
      });
    if (status === 'creating') return 'It is still being made (status creating).';
    const { capabilities } = await vmmOf(world, args.vmm);
    if (!capabilities.shell) return status === 'running' ? undefined : `Its VM manager calls it ${status}.`;
    const shell = await connectToVm(world, args, world.signal);
    await shell.close();
    return undefined;
  } catch (error) {
    if (isPlatformError(error, 'unavailable') || isPlatformError(error, 'unauthenticated'))
      return error.message;
    throw error;
  }
}

async function consoleOf(world: World, { vmm, name }: AwaitShellArgs): Promise<string> {
  try {
    const text = await (await vmmOf(world, vmm)).readConsole(name, world.signal);
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
    if (lines.length === 0) return 'Its console says nothing.';
    return `Its console ends:\n${lines.slice(-consoleLines).join('\n')}`;
  } catch (error) {
    if (!isPlatformError(error)) throw error;
    return `Its console cannot be read: ${error.message}`;
  }
}
