import { PlatformError } from '@trencadis/errors';
import { describeFailures, readPuppetLog } from './puppet-log.ts';
import type { RootShell } from './root-shell.ts';

const logFile = '/var/lib/trencadis/incoming/puppet.json';
const unit = 'trencadis-puppet.service';
/** For Puppet to end by itself, before the shell gives up on it. */
const graceMs = 15_000;

/** What `puppet apply` is given: code, or the manifests in a folder. */
export type Manifest = readonly ['--execute', string] | readonly [folder: string];

export interface ApplyOptions {
  /** Folders with `:` between them. */
  readonly modulePath: string;
  readonly timeoutMs: number;
  readonly onLine: (line: string) => void;
}

/** Runs `puppet apply` once for each manifest, their output as it comes, within one time limit. */
export async function applyManifests(
  root: RootShell,
  manifests: readonly Manifest[],
  options: ApplyOptions,
): Promise<void> {
  const { timeoutMs, onLine } = options;
  const startMs = performance.now();
  // A run whose link was lost goes on by itself: two at once would meet in each other's changes.
  await root.run(['systemctl', 'stop', unit]);
  try {
    for (const manifest of manifests) {
      const leftMs = Math.max(1, Math.ceil(timeoutMs - (performance.now() - startMs)));
      await root.must(['rm', '-f', '--', logFile]);
      const command = puppetCommand(root.vmName, manifest, { ...options, timeoutMs: leftMs });
      const { exitCode, stderr } = await root.run(command, { timeoutMs: leftMs + graceMs, onLine });
      await judge(root, exitCode, stderr, timeoutMs);
    }
  } finally {
    await root.tidy(['systemctl', 'stop', unit]);
  }
}

/** As a unit, so that it can be stopped with all that it started, whoever logged in. */
function puppetCommand(
  vmName: string,
  manifest: Manifest,
  { modulePath, timeoutMs }: ApplyOptions,
): readonly [string, ...string[]] {
  const asUnit = ['--quiet', '--wait', '--pipe', '--collect', `--unit=${unit}`];
  // What does not listen to the first signal is killed with the second.
  const stopping = ['--property=TimeoutStopSec=5'];
  const environment = ['--setenv=HOME=/root', '--setenv=LC_ALL=C.UTF-8', '--'];
  const bounded = ['timeout', '--kill-after=10', String(Math.ceil(timeoutMs / 1000))];
  const apply = ['puppet', 'apply', '--detailed-exitcodes', '--no-report', '--color=false'];
  const place = ['--certname', vmName, '--modulepath', modulePath, '--logdest', `console,${logFile}`];
  return ['systemd-run', ...asUnit, ...stopping, ...environment, ...bounded, ...apply, ...place, ...manifest];
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
    case 127:
      throw withoutPuppet(vmName);
    default: {
      const message = `Puppet on VM ${vmName} ended with exit code ${exitCode}: ${root.scrub(stderr.trim())}`;
      throw new PlatformError('internal', message, subject);
    }
  }
}

const validationSeconds = 60;

/** Has Puppet read a manifest's syntax, before anything is applied. Throws `invalid-argument` with line and message. */
export async function validateManifest(root: RootShell, file: string): Promise<void> {
  const bounded = ['timeout', '--kill-after=5', String(validationSeconds)] as const;
  const { exitCode, stdout, stderr } = await root.run(
    [...bounded, 'puppet', 'parser', 'validate', '--color=false', file],
    { timeoutMs: validationSeconds * 1000 + graceMs },
  );
  if (exitCode === 0) return;
  const { vmName } = root;
  if (exitCode === 127) throw withoutPuppet(vmName);
  const said = /Error: (?:Could not parse for environment \w+: )?(.*)/.exec(`${stderr}\n${stdout}`)?.[1];
  const [, what, line, column] =
    /^(.*?) \(file: [^,)]*, line: (\d+)(?:, column: (\d+))?\)/.exec(said ?? '') ?? [];
  const place = line === undefined ? '' : `line ${line}${column === undefined ? '' : `, column ${column}`}: `;
  const reason = root.scrub(`${place}${what ?? said ?? `exit code ${exitCode}`}`);
  throw new PlatformError('invalid-argument', `The recipe for VM ${vmName} cannot be read: ${reason}`, {
    subject: vmName,
  });
}

function withoutPuppet(vmName: string): PlatformError {
  const message = `VM ${vmName} has no Puppet: choose an image with the application puppet.`;
  return new PlatformError('unsupported', message, { subject: vmName });
}
