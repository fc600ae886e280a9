import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import { execa } from 'execa';
import { commandEnvironment } from './command.ts';
import type { Layout } from './layout.ts';

const waitSeconds = '20';

/**
 * Holds the directory's lock while `work` chooses names and addresses, against other processes too. The lock is a
 * child's `flock`: the kernel frees it when this process dies.
 */
export async function withAllocationLock<Result>(
  layout: Layout,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(layout.directory, { recursive: true, mode: 0o700 });
  const holder = execa('flock', ['-w', waitSeconds, layout.lock, 'sh', '-c', 'echo held; exec cat'], {
    cancelSignal: signal,
    env: commandEnvironment,
    extendEnv: false,
    cwd: '/',
    reject: false,
  });
  const isHeld = await Promise.race([once(holder.stdout, 'data').then(() => true), holder.then(() => false)]);
  signal.throwIfAborted();
  if (!isHeld) {
    throw new PlatformError(
      'unavailable',
      `Another process has held ${layout.lock} for ${waitSeconds} s. Try again, or end that process.`,
    );
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await holder;
  }
}
