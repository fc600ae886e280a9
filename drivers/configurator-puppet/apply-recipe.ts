import { PlatformError } from '@trencadis/errors';
import { describeFailures, readPuppetLog } from './puppet-log.ts';
import type { RootShell } from './root-shell.ts';

const logFile = '/var/lib/trencadis/incoming/puppet.json';
const unit = 'trencadis-puppet.service';
/** For Puppet to end by itself, before the shell gives up on it. */
const graceMs = 15_000;

export interface ApplyOptions {
  readonly modulePath: string;
  readonly timeoutMs: number;
  readonly onLine: (line: string) => void;
}

/** Runs `puppet apply` once, its output as it comes. */
export async function applyRecipe(root: RootShell, options: ApplyOptions): Promise<void> {
  const { modulePath, timeoutMs, onLine } = options;
  // A run whose link was lost goes on by itself: two at once would meet in each other's changes.
  await root.run(['systemctl', 'stop', unit]);
  try {
    const command = puppetCommand(root.vmName, modulePath, timeoutMs);
    const { exitCode, stderr } = await root.run(command, { timeoutMs: timeoutMs + graceMs, onLine });
    await judge(root, exitCode, stderr, timeoutMs);
  } finally {
    await root.tidy(['systemctl', 'stop', unit]);
  }
}

/** As a unit, so that it can be stopped with all that it started, whoever logged in. */
function puppetCommand(
  vmName: string,
  modulePath: string,
  timeoutMs: number,
): readonly [string, ...string[]] {
  const asUnit = ['--quiet', '--wait', '--pipe', '--collect', `--unit=${unit}`];
  const environment = ['--setenv=HOME=/root', '--setenv=LC_ALL=C.UTF-8', '--'];
  const bounded = ['timeout', '--kill-after=10', String(Math.ceil(timeoutMs / 1000))];
  const apply = ['puppet', 'apply', '--detailed-exitcodes', '--no-report', '--color=false'];
  const place = ['--certname', vmName, '--modulepath', modulePath, '--logdest', `console,${logFile}`];
  const what = ['--execute', 'include trencadis::recipe'];
  return ['systemd-run', ...asUnit, ...environment, ...bounded, ...apply, ...place, ...what];
}

/** Exit codes of `puppet apply --detailed-exitcodes`: 0 nothing to do, 2 changed, 1 no catalog, 4 and 6 failures. */
async function judge(root: RootShell, exitCode: number, stderr: string, timeoutMs: number): Promise<void> {
  const { vmName } = root;
  const subject = { subject: vmName };
  switch (exitCode) {
    case 0:
    case 2:
      return;
    case 1:
    case 4:
    case 6: {
      const failures = describeFailures(readPuppetLog(await root.must(['cat', logFile])));
      throw new PlatformError(
        'invalid-argument',
        `The recipe failed on VM ${vmName}: ${root.scrub(failures)}`,
        subject,
      );
    }
    case 124:
    case 137: {
      const message = `Puppet on VM ${vmName} did not end within ${timeoutMs / 1000} s and was stopped: its output says what it waited for.`;
      throw new PlatformError('unavailable', message, subject);
    }
    case 127: {
      const message = `VM ${vmName} has no Puppet: choose an image with the application puppet.`;
      throw new PlatformError('unsupported', message, subject);
    }
    default: {
      const message = `Puppet on VM ${vmName} ended with exit code ${exitCode}: ${root.scrub(stderr.trim())}`;
      throw new PlatformError('internal', message, subject);
    }
  }
}
