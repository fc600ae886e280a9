import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import { execa } from 'execa';
import { commandEnvironment } from './command.ts';
import type { Layout } from './layout.ts';

const allocationWaitSeconds = 20;
/** Making an image copies all files of a machine; others wait in line. */
const imageWaitSeconds = 600;

/** Holds the directory's lock while `work` chooses names and addresses. */
export function withAllocationLock<Result>(
  layout: Layout,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  return withLock({ layout, path: layout.lock, waitSeconds: allocationWaitSeconds, signal }, work);
}

/** Holds the lock of images, beside which names and addresses can be chosen. */
export function withImageLock<Result>(
  layout: Layout,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  return withLock({ layout, path: layout.imageLock, waitSeconds: imageWaitSeconds, signal }, work);
}

interface Lock {
  readonly layout: Layout;
  readonly path: string;
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
}

/** Against other processes too: the lock is a child's `flock`, which the kernel frees when this process dies. */
async function withLock<Result>(lock: Lock, work: () => Promise<Result>): Promise<Result> {
  const { layout, path, waitSeconds, signal } = lock;
  await mkdir(layout.directory, { recursive: true, mode: 0o700 });
  const holder = execa('flock', ['-w', String(waitSeconds), path, 'sh', '-c', 'echo held; exec cat'], {
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
      `Another process has held ${path} for ${waitSeconds} s. Try again, or end that process.`,
    );
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await holder;
  }
}
