import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isPlatformError } from '@trencadis/errors';
import { execa } from 'execa';
import { readDebianSources } from './debian-sources.ts';

export interface HostPackage {
  readonly command: string;
  /** The Debian package that has it. */
  readonly package: string;
  readonly why: string;
}

/** Beyond what every Debian has (apt, dpkg, tar, util-linux, coreutils, findutils). */
export const requiredHostPackages: readonly HostPackage[] = [
  { command: 'mmdebstrap', package: 'mmdebstrap', why: "builds machine images from Debian's packages" },
];

export interface BuildProblem {
  readonly problem: string;
  readonly remedy: string;
}

const neededGiB = 3;

/** Everything that would make a build fail, found before anything is made. Empty when the host is ready. */
export async function probeImageBuild({
  directory,
}: {
  readonly directory: string;
}): Promise<readonly BuildProblem[]> {
  const checks = [checkCommands(), checkSources(), checkSpace(resolve(directory))];
  return [...checkRoot(), ...(await Promise.all(checks)).flat()];
}

function checkRoot(): readonly BuildProblem[] {
  if (process.getuid?.() === 0) return [];
  return [{ problem: 'Images are built as root, and this is not root.', remedy: 'Run it again with sudo.' }];
}

async function checkCommands(): Promise<readonly BuildProblem[]> {
  const missing: BuildProblem[] = [];
  for (const { command, package: name, why } of requiredHostPackages) {
    const { exitCode } = await execa('which', [command], { reject: false });
    if (exitCode === 0) continue;
    missing.push({
      problem: `${command} is missing (${why}).`,
      remedy: `Install it: apt-get install ${name}`,
    });
  }
  return missing;
}

async function checkSources(): Promise<readonly BuildProblem[]> {
  try {
    await readDebianSources('bookworm');
    return [];
  } catch (error) {
    if (!isPlatformError(error, 'unsupported')) throw error;
    const [problem = '', remedy = ''] = error.message.split(/(?<=main): /);
    return [{ problem: `${problem}.`, remedy: `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}` }];
  }
}

async function checkSpace(directory: string): Promise<readonly BuildProblem[]> {
  const { bavail, bsize } = await statfs(await nearestFolder(directory));
  const freeGiB = (bavail * bsize) / 1024 ** 3;
  if (freeGiB >= neededGiB) return [];
  const problem = `${directory} has ${freeGiB.toFixed(1)} GiB free; building images needs ${String(neededGiB)} GiB.`;
  return [{ problem, remedy: 'Free some space, or choose another folder for images.' }];
}

async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found === undefined ? await nearestFolder(dirname(path)) : path;
}
