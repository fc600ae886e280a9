import { join } from 'node:path';
import { stateDirectory } from '@trencadis/config';
import { PlatformError } from '@trencadis/errors';
import { readCatalogEntries } from '@trencadis/image-catalog';
import { buildImage, entriesDirectory, listRecipes, loadRecipe, probeImageBuild } from '@trencadis/images';
import { showWork } from './show-work.ts';

/** Ids of the catalog's images that have a recipe. */
export async function buildableImages(): Promise<readonly string[]> {
  const [entries, recipes] = await Promise.all([readCatalogEntries(entriesDirectory), listRecipes()]);
  return entries.map(({ id }) => id).filter((id) => recipes.includes(id));
}

/** Builds the images with these ids, showing progress. */
export async function buildImages(ids: readonly string[]): Promise<void> {
  const directory = join(stateDirectory(), 'images');
  const problems = await probeImageBuild({ directory });
  if (problems.length > 0) {
    const list = problems.map(({ problem, remedy }) => `\n  - ${problem} ${remedy}`).join('');
    throw new PlatformError('invalid-argument', `Images cannot be built here:${list}`);
  }
  const recipes = await Promise.all(ids.map((id) => loadRecipe(id)));
  const tasks = recipes.map((recipe) => ({
    title: `image ${recipe.id}`,
    run: async (say: (line: string) => void) => {
      await buildImage(recipe, { directory, onProgress: ({ percent, line }) => say(`${percent} % ${line}`) });
    },
  }));
  await showWork('build images', tasks);
}
