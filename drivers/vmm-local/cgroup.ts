import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, pollUntil } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { isMissing } from './records.ts';

/** One mounted cgroup tree: a controller's own (version 1), or the unified one (version 2). */
export interface CgroupTree {
  readonly mountPoint: string;
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
}

export interface CgroupLimits {
  readonly cpuCount: number;
  readonly memoryMiB: number;
}

const parent = 'trencadis';
const periodUs = 100_000;
/** Version 1 trees that a machine must have a group of its own in: the limits, and systemd's own bookkeeping. */
const wanted = new Set(['cpu', 'memory', 'name=systemd']);

/** The trees that matter to a machine, from the text of /proc/self/mounts; version 2's controllers are not in it. */
export function parseCgroupTrees(mounts: string): readonly CgroupTree[] {
  return mounts.split('\n').flatMap((line): CgroupTree[] => {
    const [, mountPoint = '', type, options = ''] = line.split(' ');
    if (type === 'cgroup2') return [{ mountPoint, version: 2, controllers: [] }];
    const controllers = type === 'cgroup' ? options.split(',').filter((name) => wanted.has(name)) : [];
    return controllers.length > 0 ? [{ mountPoint, version: 1, controllers }] : [];
  });
}

/** This host's trees; version 1, version 2 and systemd's hybrid of both. */
export async function readCgroupTrees(): Promise<readonly CgroupTree[]> {
  const trees = parseCgroupTrees(await readFile('/proc/self/mounts', 'utf8'));
  return Promise.all(
    trees.map(async (tree) => {
      if (tree.version === 1) return tree;
      const listed = await readFile(join(tree.mountPoint, 'cgroup.controllers'), 'utf8');
      return {
        ...tree,
        controllers: listed
          .trim()
          .split(/\s+/)
          .filter((name) => wanted.has(name)),
      };
    }),
  );
}

/** Where the machine's group is in a tree. */
export function cgroupDirectory(tree: CgroupTree, name: string): string {
  return join(tree.mountPoint, parent, name);
}

/** Makes the group `trencadis/<name>` in every tree, unless it is there, and sets its limits; the answer is where a process joins it. */
export async function makeCgroup(name: string, limits: CgroupLimits): Promise<readonly string[]> {
  const trees = await readCgroupTrees();
  for (const tree of trees) {
    const group = cgroupDirectory(tree, name);
    await mkdir(group, { recursive: true });
    if (tree.version === 2 && tree.controllers.length > 0) {
      const enable = tree.controllers.map((controller) => `+${controller}`).join(' ');
      await writeFile(join(tree.mountPoint, 'cgroup.subtree_control'), enable);
      await writeFile(join(tree.mountPoint, parent, 'cgroup.subtree_control'), enable);
    }
    for (const [file, value] of limitFiles(tree, limits)) await writeFile(join(group, file), value);
  }
  return trees.map((tree) => join(cgroupDirectory(tree, name), 'cgroup.procs'));
}

export function limitFiles(tree: CgroupTree, limits: CgroupLimits): readonly (readonly [string, string])[] {
  const quota = String(Math.round(limits.cpuCount * periodUs));
  const bytes = String(limits.memoryMiB * 2 ** 20);
  const files: Readonly<Record<string, readonly (readonly [string, string])[]>> =
    tree.version === 2
      ? { cpu: [['cpu.max', `${quota} ${periodUs}`]], memory: [['memory.max', bytes]] }
      : {
          cpu: [
            ['cpu.cfs_period_us', String(periodUs)],
            ['cpu.cfs_quota_us', quota],
          ],
          memory: [['memory.limit_in_bytes', bytes]],
        };
  return tree.controllers.flatMap((controller) => files[controller] ?? []);
}

/** The host's process ids in the group, whatever subgroups the machine has made. */
export async function processesIn(name: string): Promise<readonly number[]> {
  const trees = await readCgroupTrees();
  const tree = trees.find(({ controllers }) => controllers.includes('memory')) ?? trees[0];
  if (tree === undefined) return [];
  const groups = await subgroups(cgroupDirectory(tree, name));
  const lists = await Promise.all(groups.map((group) => readOrEmpty(join(group, 'cgroup.procs'))));
  return lists.flatMap((text) => text.split('\n').filter(Boolean).map(Number));
}

/** Kills all that runs in the group, what is started meanwhile too, and removes it everywhere. Absent: succeeds. */
export async function removeCgroup(name: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const removed = await pollUntil(
    async () => {
      for (const id of await processesIn(name)) signalProcess(id, 'SIGKILL');
      return removeGroups(name);
    },
    { clock, everyMs: 20, deadlineMs: 10_000, signal },
  );
  if (removed) return;
  throw new PlatformError('unavailable', `Processes of the local machine ${name} do not end. Try again.`, {
    subject: name,
  });
}

async function removeGroups(name: string): Promise<true | undefined> {
  for (const { mountPoint } of await readCgroupTrees()) {
    const groups = await subgroups(join(mountPoint, parent, name));
    for (const group of groups.toReversed()) if (!(await removeGroup(group))) return undefined;
    await removeGroup(join(mountPoint, parent));
  }
  return true;
}

/** `false` while the group still has members: a killed process leaves its group a moment later. */
async function removeGroup(group: string): Promise<boolean> {
  try {
    await rmdir(group);
    return true;
  } catch (error) {
    if (isMissing(error)) return true;
    if (error instanceof Error && 'code' in error && error.code === 'EBUSY') return false;
    throw error;
  }
}

/** The group and all below it, parents first; empty when it is not there. */
async function subgroups(group: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(group, { withFileTypes: true });
    const children = entries.filter((entry) => entry.isDirectory());
    const below = await Promise.all(children.map((child) => subgroups(join(group, child.name))));
    return [group, ...below.flat()];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // ENODEV: the group was removed between its listing and this.
    if (isMissing(error) || (error instanceof Error && 'code' in error && error.code === 'ENODEV')) return '';
    throw error;
  }
}

/** A process that has ended meanwhile is passed over. */
export function signalProcess(id: number, signal: NodeJS.Signals | number): void {
  try {
    process.kill(id, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
