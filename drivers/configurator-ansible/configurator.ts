import {
  type ConfigurationEvents,
  type ConfigurationJob,
  type Configurator,
  type RemoteShell,
  createScrubber,
} from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import { newUuid } from '@trencadis/ids';
import { decryptRecipe } from './decrypt-recipe.ts';
import { inspectRecipe, isEncrypted } from './inspect-recipe.ts';
import { type JobFolder, machinePlaybookName, withJobFolder, writeJobFiles } from './job-folder.ts';
import { checkAccess, markedPython, stopRun } from './machine-access.ts';
import { placeComponents } from './place-components.ts';
import { readRecipe } from './read-recipe.ts';
import { type Progress, runPlaybooks } from './run-playbooks.ts';
import { writePlaybooks } from './write-playbooks.ts';

export interface AnsibleConfiguratorOptions {
  /** Where Ansible's programs are; below /usr, which is what they see of this host. */
  readonly programs?: string;
}

type Options = ConfigurationEvents & { readonly signal: AbortSignal; readonly timeoutMs: number };

/**
 * Contextualization with Ansible, for documents of the Infrastructure Manager: `ansible-playbook` (2.14) on this host, in
 * a sandbox, over SSH to one VM a job. The VM must have Python 3 and, unless the login is root's, sudo without a password.
 */
export function createAnsibleConfigurator({
  programs = '/usr/bin',
}: AnsibleConfiguratorOptions = {}): Configurator {
  return {
    name: 'ansible',
    inspect: inspectRecipe,
    configure: async (shell, job, options) => {
      const onLine = (line: string): void => options.onLine(line);
      options.signal.throwIfAborted();
      checkJob(job);
      await withinTime(job, options, async (signal, progress) => {
        await withJobFolder(
          async (folder) => await configure({ shell, job, folder, programs, signal, progress, onLine }),
        );
      });
    },
  };
}

interface Configuration {
  readonly shell: RemoteShell;
  readonly job: ConfigurationJob;
  readonly folder: JobFolder;
  readonly programs: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly onLine: (line: string) => void;
}

async function configure({ shell, job, folder, programs, ...run }: Configuration): Promise<void> {
  const { vmName, context } = job;
  const { endpoint } = shell;
  const { signal } = run;
  const runId = newUuid();
  const sudo = await checkAccess(shell, { vmName, signal });
  await placeComponents(folder, job.components);
  await writeJobFiles(folder, job, { endpoint, python: markedPython(runId) });
  const recipes = await writeRecipes({ job, folder, programs, signal });
  const scrub = createScrubber(context, [endpoint.privateKey]);
  const program = `${programs}/ansible-playbook`;
  const playbooks = [machinePlaybookName, ...recipes];
  try {
    await runPlaybooks({ ...run, vmName, program, folder: folder.path, playbooks, scrub }, run.progress);
  } finally {
    if (signal.aborted) await stopRun(shell, sudo, runId);
  }
}

async function writeRecipes({
  job,
  folder,
  ...how
}: Pick<Configuration, 'job' | 'folder' | 'programs' | 'signal'>): Promise<readonly string[]> {
  const written = job.recipe.kind === 'text' ? job.recipe.text : '';
  const text = isEncrypted(written) ? await decryptRecipe(written, { job, folder, ...how }) : written;
  const recipe = readRecipe(text);
  if (recipe.problems.length > 0) throw refused(job, recipe.problems);
  const playbooks = writePlaybooks(text, recipe, job.vmName);
  for (const [id, other] of Object.entries(job.context.machine?.recipes ?? {})) {
    if (/^[\w.-]+$/.test(id)) await folder.write(`${id}.yml`, other);
  }
  const names = playbooks.map((_, index) => `recipe ${index + 1}.yml`);
  await Promise.all(names.map(async (name, index) => await folder.write(name, playbooks[index] ?? '')));
  return names;
}

/** Says before the machine is touched what would fail there. */
function checkJob(job: ConfigurationJob): void {
  const { problems, componentFiles } = inspectRecipe(job.recipe, job.context.machine?.applications);
  const delivered = new Set(job.components.map(({ fileName }) => fileName));
  const missing = componentFiles
    .filter((fileName) => !delivered.has(fileName))
    .map((fileName) => `it needs the component ${fileName}, which was not delivered.`);
  if (problems.length + missing.length > 0) throw refused(job, [...problems, ...missing]);
}

function refused({ vmName }: ConfigurationJob, problems: readonly string[]): PlatformError {
  return new PlatformError('invalid-argument', `The recipe for VM ${vmName}: ${problems.join(' ')}`, {
    subject: vmName,
  });
}

async function withinTime(
  { vmName }: ConfigurationJob,
  { signal, timeoutMs }: Options,
  work: (signal: AbortSignal, progress: Progress) => Promise<void>,
): Promise<void> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const progress: Progress = {};
  try {
    await work(AbortSignal.any([signal, deadline]), progress);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!deadline.aborted) throw error;
    const where = progress.task === undefined ? '' : ` at task '${progress.task}'`;
    const message = `Ansible on VM ${vmName} did not end within ${timeoutMs / 1000} s and was stopped${where}: see what it waits for, or give it more time.`;
    throw new PlatformError('unavailable', message, { subject: vmName, cause: error });
  }
}
