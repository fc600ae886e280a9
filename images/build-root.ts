import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { execa } from 'execa';
import { bootstrapRoot } from './bootstrap-root.ts';
import { describeBuildFailure } from './build-failure.ts';
import type { Build } from './build-folder.ts';
import { followBootstrap } from './build-progress.ts';
import type { BuiltImage } from './built-image.ts';
import { findSecrets } from './find-secrets.ts';
import { findNodeBinary } from './node-binary.ts';
import type { Recipe } from './recipe.ts';
import { runInRoot } from './run-isolated.ts';

/** Installs and customizes the recipe's tree, and answers its path. */
export async function buildRoot(build: Build): Promise<string> {
  const { recipe, folder, aptCache, onProgress, signal } = build;
  await bootstrapRoot({ recipe, folder, aptCache, onLine: followBootstrap(onProgress), signal });
  const root = join(folder, 'rootfs');
  await customize(build, root);
  return root;
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

/** An `invalid-argument` that names them when the tree carries keys, passwords or an identity. */
export async function refuseSecrets({ id }: Recipe, root: string): Promise<void> {
  const secrets = await findSecrets(root);
  if (secrets.length === 0) return;
  const message = `Image '${id}' would carry secrets: ${secrets.join('; ')}. Let its recipe remove them.`;
  throw new PlatformError('invalid-argument', message, { subject: id });
}

export async function listPackages(root: string): Promise<BuiltImage['packages']> {
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
