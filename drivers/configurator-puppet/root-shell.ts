import type { RemoteShell, RunOptions, RunResult } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';

type Argv = readonly [string, ...string[]];

/** Root's hands on one machine, whoever logged in. */
export interface RootShell {
  readonly vmName: string;
  /** Takes the job's secrets out of a text. */
  readonly scrub: (text: string) => string;
  run(argv: Argv, options?: Partial<Omit<RunOptions, 'signal'>>): Promise<RunResult>;
  /** As `run`, where any exit code but 0 means that the machine is broken: `internal`, with what it said. */
  must(argv: Argv, stdin?: string): Promise<string>;
  /** For the way out: also after an abort, with a short deadline of its own; what it says does not matter any more. */
  tidy(argv: Argv): Promise<void>;
  /** The platform's address as the machine sees it: where the SSH session comes from. */
  callerAddress(): Promise<string | undefined>;
  /** Root's own file; its folders are made, for everybody to look into. */
  putFile(path: string, content: string | Uint8Array, mode: number): Promise<void>;
}

export interface RootShellOptions {
  readonly vmName: string;
  readonly signal: AbortSignal;
  readonly scrub: (text: string) => string;
}

const stateFolder = '/var/lib/trencadis';
/** Files wait here for root; nobody else may look inside. What a job that died left there goes with the next. */
const incoming = `${stateFolder}/incoming`;
const commandTimeoutMs = 60_000;
const tidyTimeoutMs = 10_000;

export async function withRootShell(
  shell: RemoteShell,
  options: RootShellOptions,
  use: (root: RootShell) => Promise<void>,
): Promise<void> {
  const userId = (
    await shell.run(['id', '-u'], { signal: options.signal, timeoutMs: commandTimeoutMs })
  ).stdout.trim();
  const sudo: Argv | [] = userId === '0' ? [] : ['sudo', '-n', '--'];
  const root = rootShell(shell, options, sudo);
  await checkRights(root);
  await root.must(['install', '-d', '-o', 'root', '-g', 'root', '-m', '0755', stateFolder]);
  await root.must(['rm', '-rf', '--', incoming]);
  await root.must(['install', '-d', '-o', userId, '-m', '0700', incoming]);
  try {
    await use(root);
  } finally {
    await root.tidy(['rm', '-rf', '--', incoming]);
  }
}

function rootShell(
  shell: RemoteShell,
  { vmName, signal, scrub }: RootShellOptions,
  sudo: Argv | [],
): RootShell {
  const run: RootShell['run'] = async (argv, options) =>
    await shell.run([...sudo, ...argv], { timeoutMs: commandTimeoutMs, ...options, signal });
  const must: RootShell['must'] = async (argv, stdin) => {
    const result = await run(argv, stdin === undefined ? {} : { stdin });
    if (result.exitCode === 0) return result.stdout;
    const said = scrub(`${result.stderr}${result.stdout}`.trim());
    const message = `On VM ${vmName} '${argv[0]}' failed (exit code ${result.exitCode}): ${said}`;
    throw new PlatformError('internal', message, { subject: vmName, details: { argv } });
  };
  const putFile: RootShell['putFile'] = async (path, content, mode) => {
    const waiting = `${incoming}/file`;
    await shell.putFile({ path: waiting, content, mode: 0o600 }, signal);
    await must(['install', '-D', '-o', 'root', '-g', 'root', '-m', mode.toString(8), '--', waiting, path]);
  };
  const tidy: RootShell['tidy'] = async (argv) => {
    const deadline = { signal: AbortSignal.timeout(tidyTimeoutMs), timeoutMs: tidyTimeoutMs };
    await Promise.allSettled([shell.run([...sudo, ...argv], deadline)]);
  };
  // Not with sudo, which keeps the variable from root.
  const callerAddress: RootShell['callerAddress'] = async () => {
    const { stdout } = await shell.run(['printenv', 'SSH_CONNECTION'], {
      signal,
      timeoutMs: commandTimeoutMs,
    });
    return stdout.trim().split(' ')[0] || undefined;
  };
  return { vmName, scrub, run, must, tidy, callerAddress, putFile };
}

async function checkRights(root: RootShell): Promise<void> {
  const { exitCode, stderr } = await root.run(['true']);
  if (exitCode === 0) return;
  const message = `The login on VM ${root.vmName} may not become root with sudo (${stderr.trim()}): allow it without a password, or log in as root.`;
  throw new PlatformError('forbidden', message, { subject: root.vmName });
}
