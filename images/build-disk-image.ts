import { chmod, copyFile, glob, mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, sha256OfText } from '@trencadis/ids';
import { grubConfiguration } from './boot-loader.ts';
import { type Build, type BuildOptions, type FolderOf, buildFolder, hasAnyOf } from './build-folder.ts';
import { buildRoot, listPackages, refuseSecrets } from './build-root.ts';
import {
  type BuiltDiskImage,
  diskFiles,
  printRecord,
  readBuiltDiskImage,
  recordName,
} from './built-image.ts';
import { cacheKeyOf } from './cache-key.ts';
import { diskRecipeOf } from './disk-recipe.ts';
import { clampTimes, finishRoot } from './finish-root.ts';
import { packDisk } from './pack-disk.ts';
import { type Recipe, sha256OfFile } from './recipe.ts';

/** Raise it when disks are made otherwise from the same tree. */
const diskBuilderVersion = 1;

/**
 * The recipe's bootable disk in `<directory>/<id>-disk-<cache key>/`: `disk.qcow2`, with `vmlinuz` and `initrd.img` for
 * those who boot the kernel directly (`root=LABEL=trencadis-root`). Otherwise as {@link buildImage}.
 */
export async function buildDiskImage(recipe: Recipe, options: BuildOptions): Promise<BuiltDiskImage> {
  return await buildFolder(await folderOf(recipe), options);
}

/** The disk of exactly these inputs when it is built already. */
export async function findBuiltDiskImage(
  recipe: Recipe,
  directory: string,
): Promise<BuiltDiskImage | undefined> {
  if (!(await hasAnyOf(recipe, directory))) return undefined;
  const { name, find } = await folderOf(recipe);
  return await find(join(resolve(directory), name));
}

async function folderOf(plain: Recipe): Promise<FolderOf<BuiltDiskImage>> {
  const recipe = await diskRecipeOf(plain);
  const inputs = [diskBuilderVersion, await cacheKeyOf(recipe), grubConfiguration];
  const cacheKey = sha256OfText(JSON.stringify(inputs));
  return {
    recipe,
    name: `${recipe.id}-disk-${cacheKey.slice(0, 12)}`,
    find: async (folder) => {
      const image = await readBuiltDiskImage(folder);
      return image?.cacheKey === cacheKey ? image : undefined;
    },
    make: async (build) => await make(build, cacheKey),
  };
}

async function make(build: Build, cacheKey: Sha256): Promise<void> {
  const { recipe, folder, clock, onProgress, signal } = build;
  const root = await buildRoot(build);
  onProgress({ percent: 90, line: 'cleaning' });
  const packages = await listPackages(root);
  const kernel = await finishBootable(build, root);
  await refuseSecrets(recipe, root);
  signal?.throwIfAborted();
  onProgress({ percent: 92, line: 'packing the disk' });
  const { disk } = diskFiles(folder);
  const virtualSizeBytes = await packDisk({ recipe, cacheKey, root, folder, disk, signal });
  await rm(root, { recursive: true });
  onProgress({ percent: 98, line: 'computing the digest' });
  const record = {
    id: recipe.id,
    cacheKey,
    format: 'qcow2' as const,
    digest: await sha256OfFile(disk),
    sizeBytes: (await stat(disk)).size,
    virtualSizeBytes,
    kernel,
    builtAt: clock.now().toISOString(),
    packages,
  };
  await writeFile(join(folder, recordName), printRecord(record));
  // Open, since hypervisors read disks as a user of their own.
  for (const path of Object.values(diskFiles(folder))) await chmod(path, 0o644);
}

/** Cleans the tree as for every image, keeps its kernel, and gives copies of that. Answers the kernel's release. */
async function finishBootable({ recipe, folder }: Build, root: string): Promise<string> {
  const [boot, aside] = [join(root, 'boot'), join(folder, 'boot')];
  await rename(boot, aside);
  await finishRoot(root, recipe.sourceDateEpoch);
  await rm(boot, { recursive: true });
  await rename(aside, boot);
  const kernel = await kernelOf(recipe, boot);
  const { kernelFile, initrdFile } = diskFiles(folder);
  await copyFile(join(boot, `vmlinuz-${kernel}`), kernelFile);
  await copyFile(join(boot, `initrd.img-${kernel}`), initrdFile);
  for (const name of ['vmlinuz.old', 'initrd.img.old']) await rm(join(root, name), { force: true });
  await writeGrubConfiguration(join(boot, 'grub'));
  // What systemd-resolved's package made, and cleaning took for the host's.
  await symlink('../run/systemd/resolve/stub-resolv.conf', join(root, 'etc/resolv.conf'));
  await clampTimes(root, recipe.sourceDateEpoch);
  return kernel;
}

/** Modes are set here, so that no umask reaches the image. */
async function writeGrubConfiguration(folder: string): Promise<void> {
  const path = join(folder, 'grub.cfg');
  await mkdir(folder);
  await chmod(folder, 0o755);
  await writeFile(path, grubConfiguration);
  await chmod(path, 0o644);
}

async function kernelOf({ id }: Recipe, boot: string): Promise<string> {
  const releases: string[] = [];
  for await (const name of glob('vmlinuz-*', { cwd: boot })) releases.push(name.slice('vmlinuz-'.length));
  const [release] = releases;
  if (release !== undefined && releases.length === 1) return release;
  const found = releases.length === 0 ? 'none' : releases.join(' and ');
  const message = `Image '${id}' must have one kernel, and has ${found}: correct its recipe's packages.`;
  throw new PlatformError('invalid-argument', message, { subject: id });
}
