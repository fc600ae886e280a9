import { join } from 'node:path';
import { type Recipe, loadRecipe, mergeRecipes } from './recipe.ts';

const additionsFolder = join(import.meta.dirname, 'additions');

/** The recipe with what lets a machine boot by itself: a kernel, cloud-init, and how they find disk and network. */
export async function diskRecipeOf(recipe: Recipe): Promise<Recipe> {
  const additions = await loadRecipe('bootable-disk', additionsFolder);
  const { id, suite, sourceDateEpoch } = recipe;
  return mergeRecipes(recipe, { ...additions, id, suite, sourceDateEpoch });
}
