import { PlatformError } from '@trencadis/errors';
import { type TaskOutcome, reasonOf } from './events.ts';
import { jobPath } from './job-folder.ts';
import type { SandboxResult } from './sandbox.ts';

export interface FailedRun {
  readonly vmName: string;
  readonly scrub: (text: string) => string;
  /** The last task that failed or did not reach its machine, if one did. */
  readonly last: TaskOutcome | undefined;
}

/** What a run that did not end well is to its caller. Exit code 250 of ansible-playbook is a bug of Ansible's. */
export function runFailure(
  { exitCode, stderr }: Pick<SandboxResult, 'exitCode' | 'stderr'>,
  { vmName, scrub, last }: FailedRun,
): PlatformError {
  const [code, message] = last
    ? taskFailure(vmName, last)
    : startFailure(vmName, exitCode, stderr.replaceAll(`${jobPath}/`, '').trim());
  return new PlatformError(code, scrub(message), { subject: vmName });
}

type Failure = readonly [PlatformError['code'], string];

function taskFailure(vmName: string, last: TaskOutcome): Failure {
  const why = `at task '${last.task}': ${reasonOf(last)}`;
  if (last.outcome !== 'unreachable') return ['invalid-argument', `The recipe failed on VM ${vmName} ${why}`];
  // Trying again would not help: a run knows the key of one machine only.
  if (last.isDelegated)
    return [
      'invalid-argument',
      `The recipe for VM ${vmName} may not act on other machines; it does ${why}\nGive those machines a recipe.`,
    ];
  return ['unavailable', `Ansible did not reach VM ${vmName} ${why}`];
}

function startFailure(vmName: string, exitCode: number, said: string): Failure {
  const error = /^ERROR! /m.exec(said);
  if (!error || exitCode === 250)
    return ['internal', `Ansible for VM ${vmName} ended with exit code ${exitCode}: ${said}`];
  const problem = said.slice(error.index + error[0].length);
  return ['invalid-argument', `Ansible does not understand the recipe for VM ${vmName}: ${problem}`];
}
