import { access, mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freeSubnets, routedRanges } from '@trencadis/ipv4';
import { ExecaError } from 'execa';
import { readCgroupTrees } from './cgroup.ts';
import { commandEnvironment, run } from './command.ts';
import { packageOfCommand } from './errors.ts';
import { filterRefusal } from './forwarding.ts';
import { type LocalVmmOptions, siteOf } from './site.ts';
import { noFreeSubnet } from './local-networks.ts';
import { isMissing } from './records.ts';

export interface LocalVmmProblem {
  /** `error`: no machine can run. `warning`: machines run with less, as `what` says. */
  readonly severity: 'error' | 'warning';
  readonly what: string;
  readonly remedy: string;
  /** The Debian package that would help. */
  readonly package?: string;
}

export interface LocalVmmProbe extends Pick<LocalVmmOptions, 'directory' | 'addressPool'> {
  /** Default 5 GiB. */
  readonly minFreeGiB?: number;
}

/**
 * What stands in the way of local machines here; empty: nothing. Makes nothing that stays. Not being root hides the
 * other answers, so it is told alone.
 */
export async function probeLocalVmm(probe: LocalVmmProbe): Promise<readonly LocalVmmProblem[]> {
  if (process.geteuid?.() !== 0) {
    return [error('Local machines need root, and this process is not.', 'Run it as root or under sudo.')];
  }
  const missing = await missingCommands();
  if (missing.some(({ severity }) => severity === 'error')) return missing;
  const checks = [
    diskProblem(probe),
    overlayProblem(probe),
    subnetProblem(probe),
    cgroupProblem(),
    filterProblem(),
  ];
  const found = (await Promise.all(checks)).filter((problem) => problem !== undefined);
  return [...missing, ...found];
}

function error(what: string, remedy: string): LocalVmmProblem {
  return { severity: 'error', what, remedy };
}

async function missingCommands(): Promise<readonly LocalVmmProblem[]> {
  const missing = await Promise.all(
    Object.entries(packageOfCommand).map(async ([command, name]) => ({
      command,
      name,
      isFound: await isInstalled(command),
    })),
  );
  return missing
    .filter(({ isFound }) => !isFound)
    .map(({ command, name }) => ({
      severity: command === 'nft' ? 'warning' : 'error',
      what:
        command === 'nft'
          ? 'nft is not installed: machines on public networks would not reach beyond this host.'
          : `${command} is not installed.`,
      remedy: `apt-get install ${name}`,
      package: name,
    }));
}

async function isInstalled(command: string): Promise<boolean> {
  for (const directory of commandEnvironment.PATH.split(':')) {
    try {
      await access(join(directory, command));
      return true;
    } catch (failure) {
      if (!isMissing(failure)) throw failure;
    }
  }
  return false;
}

/** The directory itself, or where it would be made. */
async function existingParent(path: string): Promise<string> {
  try {
    await access(path);
    return path;
  } catch (failure) {
    if (!isMissing(failure)) throw failure;
    return existingParent(dirname(path));
  }
}

async function diskProblem({
  directory,
  minFreeGiB = 5,
}: LocalVmmProbe): Promise<LocalVmmProblem | undefined> {
  const { bavail, bsize } = await statfs(await existingParent(directory));
  const freeGiB = (bavail * bsize) / 2 ** 30;
  if (freeGiB >= minFreeGiB) return undefined;
  return error(
    `${directory} has ${freeGiB.toFixed(1)} GiB of free space and machines need ${minFreeGiB}.`,
    'Free some space there, or choose a directory on another disk.',
  );
}

async function overlayProblem({ directory }: LocalVmmProbe): Promise<LocalVmmProblem | undefined> {
  const place = await mkdtemp(join(await existingParent(directory), '.trencadis-probe-'));
  const [lower, upper, work, root] = ['lower', 'upper', 'work', 'root'].map((name) => join(place, name));
  try {
    for (const path of [lower, upper, work, root]) if (path !== undefined) await mkdir(path);
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    // In a mount namespace of its own: nothing stays mounted, whatever happens.
    const args = ['--mount', 'mount', '-t', 'overlay', 'trencadis', '-o', options, root ?? ''];
    await run('unshare', args, { signal: AbortSignal.timeout(10_000) });
    return undefined;
  } catch (failure) {
    if (!(failure instanceof ExecaError)) throw failure;
    return error(
      `overlayfs does not work in ${directory}: ${String(failure.stderr).trim()}`,
      'Choose a directory on ext4 or xfs, on a host whose kernel has overlayfs.',
    );
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function subnetProblem(probe: LocalVmmProbe): Promise<LocalVmmProblem | undefined> {
  const { pool } = siteOf(probe);
  const taken = await routedRanges(AbortSignal.timeout(10_000));
  const [free] = freeSubnets(pool.range, taken);
  if (free !== undefined) return undefined;
  return error(
    noFreeSubnet(pool.text).message,
    'Set another address pool, a private IPv4 range not in use here.',
  );
}

async function cgroupProblem(): Promise<LocalVmmProblem | undefined> {
  const controllers = new Set((await readCgroupTrees()).flatMap((tree) => tree.controllers));
  if (controllers.has('cpu') && controllers.has('memory')) return undefined;
  return error(
    'The cgroup controllers cpu and memory are not both mounted under /sys/fs/cgroup.',
    'Mount cgroup2 on /sys/fs/cgroup, and boot with cgroup_enable=memory where memory is missing.',
  );
}

async function filterProblem(): Promise<LocalVmmProblem | undefined> {
  if (!(await isInstalled('nft'))) return undefined;
  const refusal = await filterRefusal(AbortSignal.timeout(10_000));
  if (refusal === undefined) return undefined;
  return {
    severity: 'warning',
    what: `This kernel refuses nftables rules, so machines on public networks would not reach beyond this host: ${refusal}`,
    remedy: 'Use a kernel with nf_tables and nft_masq, or go on without.',
  };
}
