import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const testDirectoryPrefix = (processId: number): string => `trencadis-test-postgres-${processId}-`;

/** Directories of test runs that were killed before they could clean up: their server may still run. */
export async function findLeftoverDirectories(): Promise<readonly string[]> {
  const names = await readdir(tmpdir());
  return names
    .filter((name) => {
      const [, processId] = /^trencadis-test-postgres-(\d+)-/.exec(name) ?? [];
      return processId !== undefined && !isAlive(Number(processId));
    })
    .map((name) => join(tmpdir(), name));
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
