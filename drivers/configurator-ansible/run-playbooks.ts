import { PlatformError } from '@trencadis/errors';
import { type TaskOutcome, describeEvent, parseEvent, reasonOf } from './events.ts';
import { jobPath } from './job-folder.ts';
import { type SandboxResult, runInSandbox } from './sandbox.ts';

export interface PlaybookRun {
  readonly vmName: string;
  readonly program: string;
  /** Of the host. */
  readonly folder: string;
  /** Names in the folder. */
  readonly playbooks: readonly string[];
  readonly signal: AbortSignal;
  readonly scrub: (text: string) => string;
  readonly onLine: (line: string) => void;
}

/** What is known of a run while it goes on. */
export interface Progress {
  /** The task that was begun last. */
  task?: string;
}

/** Runs the playbooks in their order against the one VM; throws with the task that failed. */
export async function runPlaybooks(run: PlaybookRun, progress: Progress): Promise<void> {
  const { program, folder, playbooks, signal, scrub } = run;
  let last: TaskOutcome | undefined;
  const onLine = (line: string, stream: 'stdout' | 'stderr'): void => {
    const event = stream === 'stdout' ? parseEvent(line) : undefined;
    if (event?.event === 'task') progress.task = event.task;
    if (event?.event === 'outcome' && isFailure(event)) last = event;
    const text = event ? describeEvent(event) : line;
    for (const each of scrub(text).split('\n')) if (each.trim() !== '') run.onLine(each);
  };
  const paths = playbooks.map((name) => `${jobPath}/${name}`);
  const argv = [program, '--limit', run.vmName, '--', ...paths] as const;
  const result = await runInSandbox(argv, { folder, signal, onLine });
  if (result.exitCode !== 0) throw failureOf(run, last, result);
}

const isFailure = ({ outcome }: TaskOutcome): boolean => outcome === 'failed' || outcome === 'unreachable';

/** Exit codes of ansible-playbook: 2 a task failed, 4 unreachable or not understood, 250 a bug of Ansible's. */
function failureOf(
  { vmName, scrub }: PlaybookRun,
  last: TaskOutcome | undefined,
  { exitCode, stderr }: SandboxResult,
): PlatformError {
  const subject = { subject: vmName };
  if (last?.outcome === 'unreachable') {
    const message = `Ansible lost VM ${vmName} at task '${last.task}': ${reasonOf(last)}`;
    return new PlatformError('unavailable', scrub(message), subject);
  }
  if (last) {
    const message = `The recipe failed on VM ${vmName} at task '${last.task}': ${reasonOf(last)}`;
    return new PlatformError('invalid-argument', scrub(message), subject);
  }
  const said = scrub(stderr.replaceAll(`${jobPath}/`, '').trim());
  if (/^ERROR!/m.test(stderr) && exitCode !== 250) {
    const message = `Ansible does not understand the recipe for VM ${vmName}: ${said.slice(said.indexOf('ERROR!') + 7)}`;
    return new PlatformError('invalid-argument', message, subject);
  }
  const message = `Ansible for VM ${vmName} ended with exit code ${exitCode}: ${said}`;
  return new PlatformError('internal', message, subject);
}
