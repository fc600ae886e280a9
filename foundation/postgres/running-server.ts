import { readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '@trencadis/log';
import { readIfPresent } from './server-files.ts';

export interface RunningServer {
  readonly processId: number;
  readonly port: number;
}

/** The server of this data directory, by its `postmaster.pid`, if that process lives and is really it. */
export async function findRunningServer(dataDirectory: string): Promise<RunningServer | undefined> {
  const [processId, , , port] = await pidFileLines(dataDirectory);
  if (!processId || !port) return undefined;
  if (!(await runsIn(processId, dataDirectory))) return undefined;
  return { processId, port };
}

/**
 * PostgreSQL clears a pid file whose process is gone, but believes one whose number another program got since
 * (after a reboot, say) and would refuse to start for ever.
 */
export async function removeStalePidFile(dataDirectory: string, log: Log): Promise<void> {
  const [processId] = await pidFileLines(dataDirectory);
  if (!processId || (await runsIn(processId, dataDirectory))) return;
  log.warn({ dataDirectory, processId }, 'removing the pid file that a killed PostgreSQL left behind');
  await rm(join(dataDirectory, 'postmaster.pid'), { force: true });
}

/** Lines 1 and 4 are the process id and the port (PostgreSQL 18, `storage/pidfile`). */
async function pidFileLines(dataDirectory: string): Promise<readonly number[]> {
  const text = (await readIfPresent(join(dataDirectory, 'postmaster.pid'))) ?? '';
  return text.split('\n').map(Number);
}

/** A postmaster's working directory is its data directory; a process that has ended has none. */
async function runsIn(processId: number, dataDirectory: string): Promise<boolean> {
  try {
    return (await readlink(`/proc/${processId}/cwd`)) === (await realpath(dataDirectory));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ESRCH') return false;
    throw error;
  }
}
