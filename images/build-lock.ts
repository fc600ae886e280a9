import { once } from 'node:events';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { execa } from 'execa';

export interface LockOptions {
  readonly onWait: () => void;
  readonly signal?: AbortSignal | undefined;
}

type Release = () => Promise<void>;

const conflictExitCode = 75;

/**
 * Runs `work` while no other process builds in `directory`. The lock is the kernel's (flock(1)): its holder ends with
 * this process, so a crash leaves no stale lock behind.
 */
export async function withBuildLock<Result>(
  directory: string,
  { onWait, signal }: LockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const path = join(directory, '.lock');
  const release = (await takeLock(path, ['--nonblock'], signal)) ?? (await waitForLock(path, onWait, signal));
  try {
    return await work();
  } finally {
    await release();
  }
}

async function waitForLock(
  path: string,
  onWait: () => void,
  signal: AbortSignal | undefined,
): Promise<Release> {
  onWait();
  const release = await takeLock(path, [], signal);
  if (release !== undefined) return release;
  throw new PlatformError('internal', `The lock ${path} was refused while waiting for it.`, {
    subject: path,
  });
}

/** `undefined` when another process holds the lock. */
async function takeLock(
  path: string,
  flags: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Release | undefined> {
  const flock = [
    '--exclusive',
    '--no-fork',
    `--conflict-exit-code=${String(conflictExitCode)}`,
    ...flags,
    path,
  ];
  const holder = execa('flock', [...flock, 'sh', '-c', 'echo held; exec cat'], {
    reject: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  const ended = await Promise.race([once(holder.stdout, 'data').then(() => undefined), holder]);
  if (ended === undefined) {
    return async () => {
      holder.stdin.end();
      await holder;
    };
  }
  signal?.throwIfAborted();
  if (ended.exitCode === conflictExitCode) return undefined;
  const message = `Cannot lock ${path}: ${ended.stderr || ended.shortMessage || 'flock failed'}.`;
  throw new PlatformError('unavailable', message, { subject: path });
}
