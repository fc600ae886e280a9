export type { BuildOptions } from './build-folder.ts';
export { buildDiskImage, findBuiltDiskImage } from './build-disk-image.ts';
export { buildImage, findBuiltImage } from './build-image.ts';
export type { BuildProgress, OnProgress } from './build-progress.ts';
export type { BuiltDiskImage, BuiltImage } from './built-image.ts';
export { entriesDirectory } from './entries-directory.ts';
export { type HostPackage, missingHostPackages } from './host-package.ts';
export {
  type BuildProblem,
  type ImageFormat,
  diskHostPackages,
  probeImageBuild,
  requiredHostPackages,
} from './probe-image-build.ts';
export { type Recipe, type RecipeFile, listRecipes, loadRecipe } from './recipe.ts';
