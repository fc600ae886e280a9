import { pollUntil } from '@trencadis/clock';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { StepContext, StepKind } from '@trencadis/saga';
import { connectToVm } from '../connect-to-vm.ts';
import { type RunHookArgs, runHookArgs } from '../services/service-step-arguments.ts';
import type { StepWorld } from '../step-world.ts';

type World = StepContext<StepWorld>;

const pollMs = 500;
const mostMs = 48 * 3_600_000;
const mostHeartbeats = 100;

/**
 * What a document does when a replica comes or leaves (RS-11): a command on its VM, a callback, a signal that is waited
 * for. A hook that fails or takes too long ends as the document says: the launch is abandoned, or all goes on.
 */
export const runHook: StepKind<StepWorld, RunHookArgs> = {
  kind: 'run-hook@1',
  isWaiting: true,
  args: runHookArgs,
  run: async (world, args) => {
    const { otherwise, when, serviceId } = args;
    try {
      if (args.command !== undefined) await runCommand(world, args, args.command);
      if (args.url !== undefined) await callBack(world, args, args.url);
      if (args.awaitsSignal) await awaitSignal(world, args);
    } catch (error) {
      if (!isPlatformError(error) || error.code === 'internal' || otherwise === 'abandon') throw error;
      world.progress(`The ${when} hook of service ${serviceId} failed, and all goes on: ${error.message}`);
    }
  },
  // What a hook did is its own to take back. What it was told is forgotten, here or with the step that comes next: a
  // process that takes over from one that died between need not be told again.
  undo: async (world, { infrastructureId, name }) => {
    await world.store.clearHook(infrastructureId, name);
  },
  retryForMs: 0,
};

async function runCommand(world: World, args: RunHookArgs, command: string): Promise<void> {
  const shell = await connectToVm(world, args, world.signal);
  try {
    const { signal, progress: onLine } = world;
    const timeoutMs = args.timeoutMs;
    const { exitCode } = await shell.run(['sh', '-c', command], { signal, timeoutMs, onLine });
    if (exitCode === 0) return;
    const message = `The ${args.when} hook of service ${args.serviceId} ended with exit code ${exitCode} on ${args.name}.`;
    throw new PlatformError('invalid-argument', message, { subject: args.name });
  } finally {
    await shell.close();
  }
}

async function callBack(world: World, args: RunHookArgs, url: string): Promise<void> {
  const { infrastructureId, serviceId, name, when, timeoutMs } = args;
  const refused = (why: string, cause?: unknown) => {
    const message = `The ${when} hook of service ${serviceId} could not call ${new URL(url).host} for ${name}: ${why}.`;
    return new PlatformError('unavailable', message, { subject: name, cause });
  };
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(timeoutMs)]);
  const body = JSON.stringify({ infrastructureId, serviceId, vm: name, when });
  let status: number;
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body, signal });
    await answer.body?.cancel();
    ({ status } = answer);
  } catch (error) {
    world.signal.throwIfAborted();
    throw refused('no answer', error);
  }
  if (status < 200 || status >= 300) throw refused(`it answered ${status}`);
}

/** Each heartbeat begins the time anew, up to a hundred times and two days in all. */
async function awaitSignal(world: World, args: RunHookArgs): Promise<void> {
  const { infrastructureId: id, name, when, timeoutMs, serviceId } = args;
  const { store, clock, signal } = world;
  await store.awaitHook(id, name, clock.now());
  world.progress(`waits for: trencadis service signal ${serviceId} ${name} continue|abandon`);
  const start = clock.now().getTime();
  const end = start + Math.min(mostMs, mostHeartbeats * timeoutMs);
  const verdict = await pollUntil(
    async () => {
      const hook = await store.findHook(id, name);
      if (hook?.verdict !== undefined) return hook.verdict;
      const now = clock.now().getTime();
      const isLate = now > Math.min(end, (hook?.heardAt.getTime() ?? start) + timeoutMs);
      return isLate ? ('late' as const) : undefined;
    },
    { clock, everyMs: pollMs, deadlineMs: end - start + timeoutMs, signal },
  );
  if (verdict === 'continue') return;
  const why = verdict === 'abandon' ? 'was told to abandon it' : `heard nothing for ${timeoutMs / 1000} s`;
  throw new PlatformError('invalid-argument', `The ${when} hook of service ${serviceId} on ${name} ${why}.`, {
    subject: name,
  });
}
