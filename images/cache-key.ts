import { type Sha256, sha256OfText } from '@trencadis/ids';
import { findNodeBinary } from './node-binary.ts';
import { type Recipe, sha256OfFile } from './recipe.ts';

/** Raise it when the builder itself makes something else of the same recipe. */
const builderVersion = 2;

/** The digest of everything that goes into an image, apart from the state of Debian's archive on the day of the build. */
export async function cacheKeyOf(recipe: Recipe): Promise<Sha256> {
  const node = recipe.node ? await findNodeBinary() : undefined;
  return sha256OfText(
    JSON.stringify([
      builderVersion,
      process.arch,
      recipe.id,
      recipe.suite,
      recipe.sourceDateEpoch,
      recipe.packages,
      recipe.files.map(({ path, isExecutable, digest }) => [path, isExecutable, digest]),
      recipe.customize,
      node === undefined ? null : [node.version, await sha256OfFile(node.path)],
    ]),
  );
}
