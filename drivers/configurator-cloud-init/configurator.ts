import {
  type ConfigurationJob,
  type Configurator,
  type RemoteShell,
  createScrubber,
} from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { inspectRecipe } from './inspect-recipe.ts';
import { judgeResult } from './judge-result.ts';
import { type Machine, openMachine } from './machine.ts';

type Options = Parameters<Configurator['configure']>[2];

/**
 * Contextualization with cloud-init. The recipe is the VM's user data, which cloud-init carries out by itself at the
 * first boot; configuring waits for its end, with its output, and says how it went. The VM must have systemd and, unless
 * the login is root's, sudo without a password.
 */
export function createCloudInitConfigurator(): Configurator {
  return {
    name: 'cloud-init',
    inspect: inspectRecipe,
    configure: async (shell, job, options) => {
      options.signal.throwIfAborted();
      const { problems } = inspectRecipe(job.recipe);
      if (problems.length > 0) throw failed(job, `its recipe: ${problems.join(' ')}`);
      await configure(shell, job, options);
    },
  };
}

async function configure(shell: RemoteShell, job: ConfigurationJob, options: Options): Promise<void> {
  const { vmName, context } = job;
  const machine = await openMachine(shell, { vmName, signal: options.signal });
  // User data is carried out once: what failed then has failed for good, whatever later boots say.
  const earlier = await machine.readFailure();
  if (earlier !== '') throw failed(job, earlier);
  const scrub = createScrubber(context);
  const onLine = (line: string): void => options.onLine(scrub(line));
  const exitCode = await awaitEnd(machine, job, { ...options, onLine });
  const failure = judgeResult(vmName, await machine.readResult(exitCode));
  if (failure === undefined) return;
  await machine.noteFailure(scrub(failure));
  throw failed(job, scrub(failure));
}

/**
 * Ends cloud-init with all that it started where it takes too long. A caller that gives up leaves it alone: it belongs to
 * the boot of the VM, and whoever asks next waits for it again.
 */
async function awaitEnd(machine: Machine, job: ConfigurationJob, options: Options): Promise<number> {
  const { signal, timeoutMs } = options;
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    return await machine.awaitEnd(AbortSignal.any([signal, deadline]), (line) => options.onLine(line));
  } catch (error) {
    if (signal.aborted || !deadline.aborted) throw error;
    const failure = `it did not end within ${timeoutMs / 1000} s and was stopped.`;
    await machine.stop(failure);
    const message = `cloud-init on VM ${job.vmName}: ${failure} Its output says what it waited for.`;
    throw new PlatformError('unavailable', message, { subject: job.vmName, cause: error });
  }
}

function failed({ vmName }: ConfigurationJob, why: string): PlatformError {
  const remedy = 'It runs at the first boot only: change the recipe, and the VM is made anew.';
  return new PlatformError('invalid-argument', `cloud-init on VM ${vmName}: ${why} ${remedy}`, {
    subject: vmName,
  });
}
