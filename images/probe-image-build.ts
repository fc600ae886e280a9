import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isPlatformError } from '@trencadis/errors';
import { readDebianSources } from './debian-sources.ts';
import { bootCodePath } from './boot-loader.ts';
import { type HostPackage, missingHostPackages } from './host-package.ts';

/** `rootfs`: a tree that systemd-nspawn boots; `qcow2`: a disk that boots by itself. */
export type ImageFormat = 'rootfs' | 'qcow2';

/** Beyond what every Debian has (apt, dpkg, tar, util-linux, coreutils, findutils). */
export const requiredHostPackages: readonly HostPackage[] = [
  { command: 'mmdebstrap', package: 'mmdebstrap', why: "builds machine images from Debian's packages" },
];

/** What disks need beside {@link requiredHostPackages}. */
export const diskHostPackages: readonly HostPackage[] = [
  { command: 'mke2fs', package: 'e2fsprogs', why: "writes a disk's root file system" },
  { command: 'qemu-img', package: 'qemu-utils', why: 'packs disks as qcow2' },
  {
    command: 'grub-mkimage',
    // Hosts that boot by UEFI have the command and not the boot loader for BIOS.
    file: bootCodePath,
    package: 'grub-pc-bin',
    why: 'the boot loader of disks, for virtual machines with a BIOS (this host boots as before)',
  },
];

export interface BuildProblem {
  readonly problem: string;
  readonly remedy: string;
}

const neededGiB = { rootfs: 3, qcow2: 5 } as const;

/** Everything that would make a build fail, found before anything is made. Empty when the host is ready. */
export async function probeImageBuild({
  directory,
  format = 'rootfs',
}: {
  readonly directory: string;
  readonly format?: ImageFormat;
}): Promise<readonly BuildProblem[]> {
  const packages = format === 'qcow2' ? [...requiredHostPackages, ...diskHostPackages] : requiredHostPackages;
  const checks = [checkPackages(packages), checkSources(), checkSpace(resolve(directory), neededGiB[format])];
  return [...checkRoot(), ...(await Promise.all(checks)).flat()];
}

function checkRoot(): readonly BuildProblem[] {
  if (process.getuid?.() === 0) return [];
  return [{ problem: 'Images are built as root, and this is not root.', remedy: 'Run it again with sudo.' }];
}

async function checkPackages(packages: readonly HostPackage[]): Promise<readonly BuildProblem[]> {
  const missing = await missingHostPackages(packages);
  return missing.map(({ command, package: name, why }) => ({
    problem: `${command} is missing (${why}).`,
    remedy: `Install it: apt-get install ${name}`,
  }));
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

async function checkSpace(directory: string, needed: number): Promise<readonly BuildProblem[]> {
  const { bavail, bsize } = await statfs(await nearestFolder(directory));
  const freeGiB = (bavail * bsize) / 1024 ** 3;
  if (freeGiB >= needed) return [];
  const problem = `${directory} has ${freeGiB.toFixed(1)} GiB free; building images needs ${String(needed)} GiB.`;
  return [{ problem, remedy: 'Free some space, or choose another folder for images.' }];
}

async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found === undefined ? await nearestFolder(dirname(path)) : path;
}
