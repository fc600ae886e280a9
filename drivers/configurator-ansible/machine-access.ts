import type { RemoteShell } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';

const commandTimeoutMs = 60_000;
const stopTimeoutMs = 15_000;

/** Says before Ansible starts what it would stumble over in its own words; answers how to become root. */
export async function checkAccess(
  shell: RemoteShell,
  { vmName, signal }: { readonly vmName: string; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const options = { signal, timeoutMs: commandTimeoutMs };
  const { stdout } = await shell.run(['id', '-u'], options);
  const sudo = stdout.trim() === '0' ? [] : ['sudo', '-n', '--'];
  const rights = await shell.run(['env', ...sudo, 'true'], options);
  if (rights.exitCode !== 0) {
    const message = `The login on VM ${vmName} may not become root with sudo (${rights.stderr.trim()}): allow it without a password, or log in as root.`;
    throw new PlatformError('forbidden', message, { subject: vmName });
  }
  const python = await shell.run(['env', 'python3', '--version'], options);
  if (python.exitCode !== 0) {
    const message = `VM ${vmName} has no Python 3, which Ansible needs there: choose an image that has it.`;
    throw new PlatformError('unsupported', message, { subject: vmName });
  }
  return sudo;
}

const mark = 'TRENCADIS_RUN';

/** Python with a mark that all it starts inherits: what a run leaves behind can be found by it. */
export const markedPython = (runId: string): string => `/usr/bin/env ${mark}=${runId} python3`;

const stopScript = `
left() { grep -lzxF "$1" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3; }
for turn in 1 2 3 4 5 6 7 8 9 10; do
  found=$(left "$1")
  test -n "$found" || exit 0
  kill -s TERM $found 2>/dev/null
  sleep 0.2
done
kill -s KILL $(left "$1") 2>/dev/null`;

/** Ends what a run still has going on the machine. For the way out: what it says does not matter any more. */
export async function stopRun(shell: RemoteShell, sudo: readonly string[], runId: string): Promise<void> {
  const deadline = { signal: AbortSignal.timeout(stopTimeoutMs), timeoutMs: stopTimeoutMs };
  await Promise.allSettled([
    shell.run(['env', ...sudo, 'sh', '-c', stopScript, 'sh', `${mark}=${runId}`], deadline),
  ]);
}
