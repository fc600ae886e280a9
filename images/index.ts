export { type BuildOptions, buildImage, findBuiltImage } from './build-image.ts';
export type { BuildProgress, OnProgress } from './build-progress.ts';
export type { BuiltImage } from './built-image.ts';
export { entriesDirectory } from './entries-directory.ts';
export {
  type BuildProblem,
  type HostPackage,
  probeImageBuild,
  requiredHostPackages,
} from './probe-image-build.ts';
export { type Recipe, type RecipeFile, listRecipes, loadRecipe } from './recipe.ts';
