import { chmod, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Sha256 } from '@trencadis/ids';
import { type Build, type BuildOptions, type FolderOf, buildFolder, hasAnyOf } from './build-folder.ts';
import { buildRoot, listPackages, refuseSecrets } from './build-root.ts';
import { type BuiltImage, printRecord, readBuiltImage, recordName } from './built-image.ts';
import { cacheKeyOf } from './cache-key.ts';
import { digestTree } from './content-digest.ts';
import { finishRoot } from './finish-root.ts';
import type { Recipe } from './recipe.ts';

/**
 * The recipe's image in `<directory>/<id>-<cache key>/`: the one built before from the same inputs, or a new one. Builds
 * in one directory wait for each other; one that is interrupted leaves nothing that is ever used. Needs root.
 */
export async function buildImage(recipe: Recipe, options: BuildOptions): Promise<BuiltImage> {
  return await buildFolder(await folderOf(recipe), options);
}

/** The image of exactly these inputs when it is built already. */
export async function findBuiltImage(recipe: Recipe, directory: string): Promise<BuiltImage | undefined> {
  // What goes into an image is read only where there may be one: with Node in it that is a quarter of a second of CPU.
  if (!(await hasAnyOf(recipe, directory))) return undefined;
  const { name, find } = await folderOf(recipe);
  return await find(join(resolve(directory), name));
}

async function folderOf(recipe: Recipe): Promise<FolderOf<BuiltImage>> {
  const cacheKey = await cacheKeyOf(recipe);
  return {
    recipe,
    name: `${recipe.id}-${cacheKey.slice(0, 12)}`,
    find: async (folder) => {
      const image = await readBuiltImage(folder);
      return image?.cacheKey === cacheKey ? image : undefined;
    },
    make: async (build) => await make(build, cacheKey),
  };
}

/** Builds, cleans, checks and measures the tree. */
async function make(build: Build, cacheKey: Sha256): Promise<void> {
  const { recipe, folder, clock, onProgress, signal } = build;
  const root = await buildRoot(build);
  onProgress({ percent: 92, line: 'cleaning' });
  const packages = await listPackages(root);
  await finishRoot(root, recipe.sourceDateEpoch);
  await refuseSecrets(recipe, root);
  signal?.throwIfAborted();
  onProgress({ percent: 95, line: 'computing the digest' });
  const { digest, sizeBytes } = await digestTree(root);
  const builtAt = clock.now().toISOString();
  const record = { id: recipe.id, cacheKey, digest, sizeBytes, builtAt, packages };
  await writeFile(join(folder, recordName), printRecord(record));
  // Closed to other users, since it holds set-uid programs that nobody on the host upgrades.
  await chmod(folder, 0o700);
}
