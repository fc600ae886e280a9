import { join } from 'node:path';
import { stateDirectory } from '@trencadis/config';
import { PlatformError } from '@trencadis/errors';
import { readCatalogEntries } from '@trencadis/image-catalog';
import {
  type BuildOptions,
  type BuiltDiskImage,
  type BuiltImage,
  type ImageFormat,
  type Recipe,
  buildDiskImage,
  buildImage,
  entriesDirectory,
  listRecipes,
  loadRecipe,
  probeImageBuild,
} from '@trencadis/images';
import type { Terminal } from './show-steps.ts';
import { showWork } from './show-work.ts';

/** Ids of the catalog's images that have a recipe. */
export async function buildableImages(): Promise<readonly string[]> {
  const [entries, recipes] = await Promise.all([readCatalogEntries(entriesDirectory), listRecipes()]);
  return entries.map(({ id }) => id).filter((id) => recipes.includes(id));
}

/** By format: a tree for local machines, or a disk for other VM managers. */
const builders: Record<
  ImageFormat,
  (recipe: Recipe, options: BuildOptions) => Promise<BuiltImage | BuiltDiskImage>
> = { rootfs: buildImage, qcow2: buildDiskImage };

export interface BuildImagesOptions {
  readonly format?: ImageFormat;
  /** Where progress is shown; standard output without it. */
  readonly terminal?: Terminal;
}

/** Builds the images with these ids, showing progress. */
export async function buildImages(
  ids: readonly string[],
  { format = 'rootfs', terminal = process.stdout }: BuildImagesOptions = {},
): Promise<readonly (BuiltImage | BuiltDiskImage)[]> {
  const directory = join(stateDirectory(), 'images');
  const problems = await probeImageBuild({ directory, format });
  if (problems.length > 0) {
    const list = problems.map(({ problem, remedy }) => `\n  - ${problem} ${remedy}`).join('');
    throw new PlatformError('invalid-argument', `Images cannot be built here:${list}`);
  }
  const recipes = await Promise.all(ids.map((id) => loadRecipe(id)));
  const built: (BuiltImage | BuiltDiskImage)[] = [];
  const tasks = recipes.map((recipe) => ({
    title: `image ${recipe.id}${format === 'rootfs' ? '' : ` as ${format}`}`,
    run: async (say: (line: string) => void) => {
      const onProgress: BuildOptions['onProgress'] = ({ percent, line }) => say(`${percent} % ${line}`);
      built.push(await builders[format](recipe, { directory, onProgress }));
    },
  }));
  await showWork('build images', tasks, terminal);
  return built;
}
