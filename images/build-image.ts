import { chmod, copyFile, glob, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Clock, systemClock } from '@trencadis/clock';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { Sha256 } from '@trencadis/ids';
import { execa } from 'execa';
import { bootstrapRoot } from './bootstrap-root.ts';
import { describeBuildFailure } from './build-failure.ts';
import { withBuildLock } from './build-lock.ts';
import { type OnProgress, followBootstrap } from './build-progress.ts';
import { type BuiltImage, printRecord, readBuiltImage, recordName } from './built-image.ts';
import { cacheKeyOf } from './cache-key.ts';
import { digestTree } from './content-digest.ts';
import { findSecrets } from './find-secrets.ts';
import { finishRoot } from './finish-root.ts';
import { findNodeBinary } from './node-binary.ts';
import type { Recipe } from './recipe.ts';
import { runInRoot } from './run-isolated.ts';

export interface BuildOptions {
  /** Where images are kept; made when absent. */
  readonly directory: string;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

interface Build {
  readonly recipe: Recipe;
  readonly cacheKey: Sha256;
  readonly directory: string;
  readonly clock: Clock;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
}

const unfinished = '.building-';

/**
 * The recipe's image in `<directory>/<id>-<cache key>/`: the one built before from the same inputs, or a new one. Builds
 * in one directory wait for each other; one that is interrupted leaves nothing that is ever used. Needs root.
 */
export async function buildImage(recipe: Recipe, options: BuildOptions): Promise<BuiltImage> {
  const build: Build = {
    recipe,
    cacheKey: await cacheKeyOf(recipe),
    directory: resolve(options.directory),
    clock: options.clock ?? systemClock,
    onProgress: options.onProgress ?? (() => undefined),
    signal: options.signal,
  };
  const found = await findBuilt(build);
  if (found !== undefined) return found;
  await mkdir(build.directory, { recursive: true });
  const onWait = (): void => {
    build.onProgress({ percent: 0, line: `waiting for another build in ${build.directory}` });
  };
  const lock = { onWait, signal: build.signal };
  return await withBuildLock(
    build.directory,
    lock,
    async () => (await findBuilt(build)) ?? (await make(build)),
  );
}

/** The image of exactly these inputs when it is built already. */
export async function findBuiltImage(recipe: Recipe, directory: string): Promise<BuiltImage | undefined> {
  // What goes into an image is read only where there may be one: with Node in it that is a quarter of a second of CPU.
  if (!(await hasAnyOf(recipe, directory))) return undefined;
  return await findBuilt({ recipe, cacheKey: await cacheKeyOf(recipe), directory: resolve(directory) });
}

async function hasAnyOf({ id }: Recipe, directory: string): Promise<boolean> {
  for await (const _ of glob(`${id}-*`, { cwd: directory })) return true;
  return false;
}

type Where = Pick<Build, 'recipe' | 'cacheKey' | 'directory'>;

function folderOf({ recipe, cacheKey, directory }: Where): string {
  return join(directory, `${recipe.id}-${cacheKey.slice(0, 12)}`);
}

async function findBuilt(where: Where): Promise<BuiltImage | undefined> {
  const image = await readBuiltImage(folderOf(where));
  return image?.cacheKey === where.cacheKey ? image : undefined;
}

async function make(build: Build): Promise<BuiltImage> {
  const { recipe, directory, onProgress, signal } = build;
  for await (const name of glob(`${unfinished}*`, { cwd: directory })) {
    await rm(join(directory, name), { recursive: true });
  }
  const folder = join(directory, `${unfinished}${recipe.id}`);
  await mkdir(folder, { mode: 0o755 });
  try {
    const aptCache = join(directory, 'apt-cache');
    await bootstrapRoot({ recipe, folder, aptCache, onLine: followBootstrap(onProgress), signal });
    await customize(build, join(folder, 'rootfs'));
    return await seal(build, folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    signal?.throwIfAborted();
    if (isPlatformError(error)) throw error;
    const lines = [error instanceof Error ? error.message : String(error)];
    throw describeBuildFailure({ recipeId: recipe.id, phase: 'writing it', lines, cause: error });
  }
}

async function customize({ recipe, onProgress, signal }: Build, root: string): Promise<void> {
  onProgress({ percent: 88, line: 'customizing' });
  if (recipe.node) {
    const target = join(root, 'usr/local/bin/node');
    await copyFile((await findNodeBinary()).path, target);
    await chmod(target, 0o755);
  }
  const env = { SOURCE_DATE_EPOCH: String(recipe.sourceDateEpoch) };
  for (const argv of recipe.customize) {
    const { lines, failure } = await runInRoot(root, argv, { env, signal });
    if (failure === undefined) continue;
    const phase = `running '${argv.join(' ')}'`;
    throw describeBuildFailure({ recipeId: recipe.id, phase, lines, cause: failure });
  }
}

/** Cleans, checks and measures the tree, and gives the folder its final name once everything is on the disk. */
async function seal(build: Build, folder: string): Promise<BuiltImage> {
  const { recipe, cacheKey, clock, onProgress, signal } = build;
  const root = join(folder, 'rootfs');
  onProgress({ percent: 92, line: 'cleaning' });
  const packages = await listPackages(root);
  await finishRoot(root, recipe.sourceDateEpoch);
  const secrets = await findSecrets(root);
  if (secrets.length > 0) {
    const message = `Image '${recipe.id}' would carry secrets: ${secrets.join('; ')}. Let its recipe remove them.`;
    throw new PlatformError('invalid-argument', message, { subject: recipe.id });
  }
  signal?.throwIfAborted();
  onProgress({ percent: 95, line: 'computing the digest' });
  const { digest, sizeBytes } = await digestTree(root);
  const builtAt = clock.now().toISOString();
  const record = { id: recipe.id, cacheKey, digest, sizeBytes, builtAt, packages };
  await writeFile(join(folder, recordName), printRecord(record));
  // Closed to other users, since it holds set-uid programs that nobody on the host upgrades.
  await chmod(folder, 0o700);
  await execa('sync', ['--file-system', folder]);
  await rename(folder, folderOf(build));
  await execa('sync', [build.directory]);
  onProgress({ percent: 100, line: `built ${folderOf(build)}` });
  return { ...record, rootfs: join(folderOf(build), 'rootfs') };
}

async function listPackages(root: string): Promise<BuiltImage['packages']> {
  const admin = `--admindir=${join(root, 'var/lib/dpkg')}`;
  const { stdout } = await execa(
    'dpkg-query',
    [admin, '--show', `--showformat=\${Package}\\t\${Version}\\n`],
    { lines: true },
  );
  return stdout.map((line) => {
    const [name = '', version = ''] = line.split('\t');
    return { name, version };
  });
}
