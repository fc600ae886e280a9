import { dirname } from 'node:path/posix';
import {
  type ConfigurationJob,
  type Configurator,
  type Recipe,
  createScrubber,
} from '@trencadis/contextualization';
import { type Manifest, applyManifests, validateManifest } from './apply-recipe.ts';
import { deliverComponents } from './deliver-components.ts';
import { packModules } from './module-archive.ts';
import { deliverModules } from './deliver-modules.ts';
import { deliverRecipeModules } from './deliver-recipe-modules.ts';
import { checkJob, inspectRecipe, linesOf, moduleArchives } from './inspect-recipe.ts';
import { recipeFile } from './puppet-log.ts';
import { resourceTypeOf } from './recipe-types.ts';
import { type RootShell, withRootShell } from './root-shell.ts';

export interface PuppetConfiguratorOptions {
  /** A Puppet module path: the folder that holds the module `trencadis`. */
  readonly modulesDirectory: string;
}

/**
 * Contextualization with Puppet (paper 4.4): `puppet apply` on the VM itself, with our module, so that no Puppet server
 * is needed. The VM must have Puppet 7 (Debian's puppet-agent) and, unless the login is root's, sudo without a password.
 */
export function createPuppetConfigurator({ modulesDirectory }: PuppetConfiguratorOptions): Configurator {
  return {
    name: 'puppet',
    inspect: inspectRecipe,
    configure: async (shell, job, options) => {
      const { signal, timeoutMs } = options;
      checkJob(job);
      const scrub = createScrubber(job.context);
      const onLine = (line: string): void => options.onLine(scrub(line));
      const modules = await packModules(modulesDirectory);
      await withRootShell(shell, { vmName: job.vmName, signal, scrub }, async (root) => {
        const ownPath = await deliverModules(root, modules);
        const placed = await deliverComponents(root, job.components, { modulePath: ownPath, onLine });
        const recipeModules = { archives: moduleArchives(job), placed, modulePath: ownPath };
        const modulePath = await deliverRecipeModules(root, recipeModules);
        await root.putFile('/etc/trencadis/context.json', JSON.stringify(job.context, null, 2), 0o600);
        await root.putFile('/etc/trencadis/recipe.json', recipeJson(job, placed), 0o600);
        const manifests = await placeManifests(root, job.recipe);
        await applyManifests(root, manifests, { modulePath, timeoutMs, onLine });
      });
    },
  };
}

const recipeFolder = dirname(recipeFile);

/** Lines and a text are two manifests: what a text declares may be declared by lines too. */
async function placeManifests(root: RootShell, recipe: Recipe): Promise<readonly Manifest[]> {
  await root.must(['rm', '-rf', '--', recipeFolder]);
  const lines: readonly Manifest[] = [['--execute', 'include trencadis::recipe']];
  if (recipe.kind === 'resource-lines') return lines;
  await root.putFile(recipeFile, recipe.text, 0o600);
  await validateManifest(root, recipeFile);
  // Read before the recipe, whose own lines keep their numbers so.
  await root.putFile(`${recipeFolder}/0.pp`, '$trencadis = trencadis::context()\n', 0o600);
  return [...(linesOf(recipe).length === 0 ? [] : lines), [recipeFolder]];
}

/** What the module's function `trencadis::recipe` reads. As data it needs no quoting in Puppet's language. */
function recipeJson(
  { recipe }: ConfigurationJob,
  components: Awaited<ReturnType<typeof deliverComponents>>,
): string {
  const lines = linesOf(recipe).map((line) => ({ ...line, resource: resourceTypeOf(line) }));
  return JSON.stringify({ lines, components }, null, 2);
}
