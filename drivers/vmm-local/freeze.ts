import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, pollUntil } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { execa } from 'execa';
import { cgroupDirectory, readCgroupTrees } from './cgroup.ts';
import { commandEnvironment } from './command.ts';

const freezeDeadlineMs = 5_000;

/** Holds the group still until its standard input ends, which the kernel sees to when this process dies. */
const holder = `trap '' INT TERM HUP
echo 1 > "$1" || exit 1
echo frozen
cat > /dev/null
echo 0 > "$1"`;

/**
 * Does the work while nothing in the machine runs, and lets it go on after. Where the host has no unified cgroups the
 * machine goes on meanwhile.
 */
export async function whileFrozen<Result>(
  kernelName: string,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  work: () => Promise<Result>,
): Promise<Result> {
  const tree = (await readCgroupTrees()).find(({ version }) => version === 2);
  const group = tree && cgroupDirectory(tree, kernelName);
  if (group === undefined || !existsSync(join(group, 'cgroup.freeze'))) return work();
  const child = execa('sh', ['-c', holder, 'freezer', join(group, 'cgroup.freeze')], {
    cleanup: false,
    detached: true,
    env: commandEnvironment,
    extendEnv: false,
    cwd: '/',
  });
  try {
    // A holder that cannot freeze ends at once and says why.
    await Promise.race([once(child.stdout, 'data'), child]);
    const deadline = { clock, everyMs: 10, deadlineMs: freezeDeadlineMs, signal };
    if ((await pollUntil(() => isFrozen(group), deadline)) === undefined) throw doesNotStop(kernelName);
    return await work();
  } finally {
    child.stdin.end();
    await child;
  }
}

function doesNotStop(name: string): PlatformError {
  return new PlatformError(
    'unavailable',
    `The local machine ${name} does not stand still to be copied: try again, or stop it first.`,
    { subject: name },
  );
}

async function isFrozen(group: string): Promise<true | undefined> {
  const events = await readFile(join(group, 'cgroup.events'), 'utf8');
  return /^frozen 1$/m.test(events) ? true : undefined;
}
