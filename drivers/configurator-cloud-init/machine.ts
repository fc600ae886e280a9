import type { RemoteShell, RunResult } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import type { CloudInitResult } from './judge-result.ts';

/** What cloud-init did on one machine, and how to end it. */
export interface Machine {
  /** Why it failed when it was looked at before; ''. */
  readFailure(): Promise<string>;
  noteFailure(failure: string): Promise<void>;
  /** Gives its output from the beginning on until it ends; answers the exit code of `cloud-init status`. */
  awaitEnd(signal: AbortSignal, onLine: (line: string) => void): Promise<number>;
  readResult(exitCode: number): Promise<CloudInitResult>;
  /** For the way out: with a short deadline of its own; what it says does not matter any more. */
  stop(failure: string): Promise<void>;
}

const commandTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;
/** The caller's signal ends it before. */
const foreverMs = 24 * 60 * 60_000;

/** Of the instance: a new machine, and one made from an image of this one, has none. */
const failureFile = '/var/lib/cloud/instance/trencadis-failure';
const readFailureScript = `cat ${failureFile} 2>/dev/null || true`;
const noteFailureScript = `mkdir -p "$(dirname ${failureFile})"; cat >${failureFile}`;

/** `tail` reads once more when the process that it waits for has gone. */
const awaitScript = `
cloud-init status --wait >/dev/null 2>&1 & waiter=$!
tail -n +1 -F --pid="$waiter" /var/log/cloud-init-output.log 2>/dev/null
wait "$waiter"`;

const resultScript = `
cloud-init status --long
echo ---
cat /run/cloud-init/result.json 2>/dev/null || echo null
echo ---
cat /run/cloud-init/status.json 2>/dev/null || echo null
echo ---
tail -n 5 /var/log/cloud-init-output.log 2>/dev/null || true`;

/** Units of cloud-init 22 to 25. Stopping them leaves alone what their main process started (KillMode=process). */
const stopScript = `${noteFailureScript}
for unit in cloud-final cloud-config cloud-init cloud-init-network cloud-init-local cloud-init-main; do
  systemctl kill --signal=KILL "$unit.service"
  systemctl stop "$unit.service"
done`;

export async function openMachine(
  shell: RemoteShell,
  { vmName, signal }: { readonly vmName: string; readonly signal: AbortSignal },
): Promise<Machine> {
  const userId = await shell.run(['id', '-u'], { signal, timeoutMs: commandTimeoutMs });
  const sudo = userId.stdout.trim() === '0' ? [] : ['sudo', '-n', '--'];
  const run = async (script: string, stdin?: string, ending = signal): Promise<RunResult> =>
    await shell.run(['env', ...sudo, 'sh', '-c', script], {
      signal: ending,
      timeoutMs: commandTimeoutMs,
      ...(stdin === undefined ? {} : { stdin }),
    });
  await checkProgram(vmName, await run('command -v cloud-init'));
  return {
    readFailure: async () => (await run(readFailureScript)).stdout.trim(),
    noteFailure: async (failure) => void (await run(noteFailureScript, failure)),
    awaitEnd: async (ending, onLine) => {
      const options = { signal: ending, timeoutMs: foreverMs, onLine };
      return (await shell.run(['env', ...sudo, 'sh', '-c', awaitScript], options)).exitCode;
    },
    readResult: async (exitCode) => {
      const [status = '', result = '', details = '', output = ''] = (await run(resultScript)).stdout.split(
        /^---\n/m,
      );
      return { exitCode, status, result: jsonOf(result), details: jsonOf(details), output };
    },
    stop: async (failure) =>
      void (await Promise.allSettled([run(stopScript, failure, AbortSignal.timeout(stopTimeoutMs))])),
  };
}

/** Half a file is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function checkProgram(vmName: string, { exitCode, stderr }: RunResult): Promise<void> {
  if (exitCode === 0) return;
  const subject = { subject: vmName };
  if (stderr.includes('sudo:')) {
    const message = `The login on VM ${vmName} may not become root with sudo (${stderr.trim()}): allow it without a password, or log in as root.`;
    throw new PlatformError('forbidden', message, subject);
  }
  const message = `VM ${vmName} has no cloud-init: choose an image that has it.`;
  throw new PlatformError('unsupported', message, subject);
}
