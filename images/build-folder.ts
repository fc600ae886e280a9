import { glob, mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Clock, systemClock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import { execa } from 'execa';
import { describeBuildFailure } from './build-failure.ts';
import { withBuildLock } from './build-lock.ts';
import type { OnProgress } from './build-progress.ts';
import type { Recipe } from './recipe.ts';

export interface BuildOptions {
  /** Where images are kept; made when absent. */
  readonly directory: string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** One build under way. */
export interface Build {
  readonly recipe: Recipe;
  /** Where it is made before it has its final name. */
  readonly folder: string;
  /** Downloaded packages, kept from build to build. */
  readonly aptCache: string;
  readonly clock: Clock;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
}

export interface FolderOf<Image> {
  readonly recipe: Recipe;
  /** The folder's name under the directory of images. */
  readonly name: string;
  /** The image in that folder when it is whole and of the same inputs. */
  readonly find: (folder: string) => Promise<Image | undefined>;
  readonly make: (build: Build) => Promise<void>;
}

const unfinished = '.building-';

/**
 * The image found in its folder, or made there. Builds in one directory wait for each other; one that is interrupted
 * leaves nothing that is ever used.
 */
export async function buildFolder<Image>(what: FolderOf<Image>, options: BuildOptions): Promise<Image> {
  const directory = resolve(options.directory);
  const target = join(directory, what.name);
  const found = await what.find(target);
  if (found !== undefined) return found;
  await mkdir(directory, { recursive: true });
  const { onProgress = () => undefined, clock = systemClock, signal } = options;
  const onWait = (): void => onProgress({ percent: 0, line: `waiting for another build in ${directory}` });
  return await withBuildLock(directory, { onWait, signal }, async () => {
    const foundNow = await what.find(target);
    if (foundNow !== undefined) return foundNow;
    await removeUnfinished(directory);
    const folder = join(directory, `${unfinished}${what.recipe.id}`);
    const aptCache = join(directory, 'apt-cache');
    await make(what, { recipe: what.recipe, folder, aptCache, clock, onProgress, signal });
    await rename(folder, target);
    await execa('sync', [directory]);
    onProgress({ percent: 100, line: `built ${target}` });
    const made = await what.find(target);
    if (made === undefined) throw new Error(`${target} is not found after it was made`);
    return made;
  });
}

async function removeUnfinished(directory: string): Promise<void> {
  for await (const name of glob(`${unfinished}*`, { cwd: directory })) {
    await rm(join(directory, name), { recursive: true });
  }
}

/** Everything is on the disk when it returns, or nothing is left. */
async function make<Image>(what: FolderOf<Image>, build: Build): Promise<void> {
  const { recipe, folder, signal } = build;
  await mkdir(folder, { mode: 0o755 });
  try {
    await what.make(build);
    await execa('sync', ['--file-system', folder]);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    signal?.throwIfAborted();
    if (isPlatformError(error)) throw error;
    const lines = [error instanceof Error ? error.message : String(error)];
    throw describeBuildFailure({ recipeId: recipe.id, phase: 'writing it', lines, cause: error });
  }
}

/** Whether the directory has any image of that recipe: cheaper to know than what exactly goes into one. */
export async function hasAnyOf({ id }: Recipe, directory: string): Promise<boolean> {
  for await (const _ of glob(`${id}-*`, { cwd: directory })) return true;
  return false;
}
