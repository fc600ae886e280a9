import { join } from 'node:path';
import { stateDirectory } from '@trencadis/config';
import { PlatformError } from '@trencadis/errors';
import { buildImage, listRecipes, loadRecipe, probeImageBuild } from '@trencadis/images';
import { Listr, PRESET_TIMER } from 'listr2';

/** Builds the images with these ids (all that have a recipe when none is given), showing progress. */
export async function buildImages(ids: readonly string[]): Promise<void> {
  const directory = join(stateDirectory(), 'images');
  const problems = await probeImageBuild({ directory });
  if (problems.length > 0) {
    const list = problems.map(({ problem, remedy }) => `\n  - ${problem} ${remedy}`).join('');
    throw new PlatformError('invalid-argument', `Images cannot be built here:${list}`);
  }
  const recipes = await Promise.all((ids.length > 0 ? ids : await listRecipes()).map((id) => loadRecipe(id)));
  const tasks = recipes.map((recipe) => ({
    title: `image ${recipe.id}`,
    task: async (_: unknown, task: { output: string }) => {
      await buildImage(recipe, {
        directory,
        onProgress: ({ percent, line }) => (task.output = `${percent} % ${line}`),
      });
    },
  }));
  const timed = { timer: PRESET_TIMER };
  await new Listr(tasks, { rendererOptions: timed, fallbackRendererOptions: timed }).run();
}
