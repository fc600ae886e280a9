import { describe, expect, it } from 'vitest';
import type { TaskOutcome } from './events.ts';
import { runFailure } from './run-failure.ts';

const failed: TaskOutcome = {
  event: 'outcome',
  outcome: 'failed',
  host: 'vm-1',
  task: 'Install nginx',
  message: 'No package for SECRET',
  output: '',
  isDelegated: false,
};
const scrub = (text: string): string => text.replaceAll('SECRET', '[redacted]');
const failure = (last: TaskOutcome | undefined, exitCode = 2, stderr = '') =>
  runFailure({ exitCode, stderr }, { vmName: 'vm-1', scrub, last });

describe('runFailure', () => {
  it('names the task that failed and its message, without secrets', () => {
    expect(failure(failed)).toMatchObject({
      code: 'invalid-argument',
      subject: 'vm-1',
      message: "The recipe failed on VM vm-1 at task 'Install nginx': No package for [redacted]",
    });
  });

  it('tells a machine that was lost from one that is not its own', () => {
    const lost = { ...failed, outcome: 'unreachable' } as const;
    expect(failure(lost, 4)).toMatchObject({ code: 'unavailable' });
    expect(failure({ ...lost, isDelegated: true }, 4)).toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('may not act on other machines'),
    });
  });

  it("tells a recipe that Ansible does not understand from Ansible's own bugs", () => {
    const stderr = "[WARNING]: x\nERROR! couldn't resolve module\n\nin '/job/recipe 1.yml': line 4\n";
    expect(failure(undefined, 4, stderr)).toMatchObject({
      code: 'invalid-argument',
      message:
        "Ansible does not understand the recipe for VM vm-1: couldn't resolve module\n\nin 'recipe 1.yml': line 4",
    });
    expect(failure(undefined, 250, 'ERROR! Unexpected Exception')).toMatchObject({ code: 'internal' });
    expect(failure(undefined, 137)).toMatchObject({ code: 'internal' });
  });
});
