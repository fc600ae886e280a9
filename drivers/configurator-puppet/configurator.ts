import { type ConfigurationJob, type Configurator, createScrubber } from '@trencadis/contextualization';
import { applyRecipe } from './apply-recipe.ts';
import { deliverComponents } from './deliver-components.ts';
import { packModules } from './module-archive.ts';
import { deliverModules } from './deliver-modules.ts';
import { checkComponents, inspectRecipe } from './recipe-types.ts';
import { withRootShell } from './root-shell.ts';

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
      checkComponents(job);
      const scrub = createScrubber(job.context);
      const onLine = (line: string): void => options.onLine(scrub(line));
      const modules = await packModules(modulesDirectory);
      await withRootShell(shell, { vmName: job.vmName, signal, scrub }, async (root) => {
        const modulePath = await deliverModules(root, modules);
        const components = await deliverComponents(root, job.components, { modulePath, onLine });
        await root.putFile('/etc/trencadis/context.json', JSON.stringify(job.context, null, 2), 0o600);
        await root.putFile('/etc/trencadis/recipe.json', recipeJson(job, components), 0o600);
        await applyRecipe(root, { modulePath, timeoutMs, onLine });
      });
    },
  };
}

/** What the module's function `trencadis::recipe` reads. As data it needs no quoting in Puppet's language. */
function recipeJson(
  { recipe }: ConfigurationJob,
  components: Awaited<ReturnType<typeof deliverComponents>>,
): string {
  const lines = recipe.kind === 'resource-lines' ? recipe.lines : [];
  return JSON.stringify({ lines, components }, null, 2);
}
