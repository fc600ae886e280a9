import type { DeliveredComponent } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import type { StepKind } from '@trencadis/saga';
import { connectToVm } from '../connect-to-vm.ts';
import { configurationContextOf } from '../configuration-context.ts';
import { type ConfigureVmArgs, configureVmArgs } from '../step-arguments.ts';
import type { StepWorld } from '../step-world.ts';

const timeoutMs = 900_000;

/** Contextualization (paper 4.4): hands the VM its components and facts, and has its configurator apply the recipe. */
export const configureVm: StepKind<StepWorld, ConfigureVmArgs> = {
  kind: 'configure-vm@1',
  args: configureVmArgs,
  run: async (world, args) => {
    const { infrastructureId, self, configuration } = args;
    const configurator = world.configurators.get(configuration.configurator);
    if (!configurator)
      throw new PlatformError(
        'unsupported',
        `There is no configurator '${configuration.configurator}' here.`,
      );
    const context = await configurationContextOf(world, args);
    const components = await deliveredComponents(world, args);
    await world.store.clearConfigured(infrastructureId, self.name);
    const shell = await connectToVm(world, { infrastructureId, ...self }, world.signal);
    try {
      const job = { vmName: self.name, recipe: configuration.recipe, components, context };
      await configurator.configure(shell, job, { signal: world.signal, timeoutMs, onLine: world.progress });
    } finally {
      await shell.close();
    }
    await world.store.setConfigured(infrastructureId, self.name, configuration.digest);
  },
  undo: {
    because:
      'A configuration lives and goes with its VM; on a VM that stays, the next plan configures again.',
  },
};

async function deliveredComponents(
  { components, delivery }: Pick<StepWorld, 'components' | 'delivery'>,
  { self, configuration }: ConfigureVmArgs,
): Promise<readonly DeliveredComponent[]> {
  const known = await components.list();
  return configuration.components.map(({ fileName, version, digest }) => {
    const component = known.find((each) => each.fileName === fileName && each.digest === digest);
    if (!component) {
      const message = `Component ${fileName} ${version} is not in the repository any more; add it again.`;
      throw new PlatformError('not-found', message, { subject: fileName });
    }
    const pushed = { fileName, digest, content: () => components.read(component) };
    return delivery === undefined ? pushed : { ...pushed, order: () => delivery.order(component, self.name) };
  });
}
