import type { Configurator, DeliveredComponent } from '@trencadis/contextualization';
import { PlatformError, isPlatformError } from '@trencadis/errors';
import { sha256OfJson } from '@trencadis/ids';
import type { StepContext, StepKind } from '@trencadis/saga';
import { PeerAddresses, stageOf } from '../configuration-key.ts';
import { configurationContextOf } from '../configuration-context.ts';
import { connectToVm } from '../connect-to-vm.ts';
import type { Infrastructure } from '../model.ts';
import { findResidents } from '../residents.ts';
import { type ConfigureVmArgs, configureVmArgs } from '../step-arguments.ts';
import type { StepWorld } from '../step-world.ts';

type World = StepContext<StepWorld>;

/** One step of contextualization (paper 4.4): hands the VM its components and facts, and has its recipe applied. */
export const configureVm: StepKind<StepWorld, ConfigureVmArgs> = {
  kind: 'configure-vm@2',
  args: configureVmArgs,
  run: async (world, args) => {
    const { infrastructureId, name, configuration } = args;
    const configurator = configuratorOf(world, configuration.configurator);
    const infrastructure = await infrastructureOf(world, args);
    const residents = await findResidents(world, infrastructure, world.signal);
    const context = await configurationContextOf(world, args, {
      infrastructure,
      residents,
      signal: world.signal,
    });
    const components = await deliveredComponents(world, args);
    const stage = stageOf(configuration);
    await world.store.clearConfigured(infrastructureId, name, stage);
    const shell = await connectToVm(world, args, world.signal);
    try {
      const job = { vmName: name, recipe: configuration.recipe, components, context };
      await withinLimit(world, args, async (timeoutMs) => {
        const { signal, progress: onLine } = world;
        await configurator.configure(shell, job, { signal, timeoutMs, onLine });
      });
    } finally {
      await shell.close();
    }
    const addresses = new PeerAddresses(
      residents.map(({ vm }) => vm),
      sha256OfJson,
    );
    await world.store.setConfigured(infrastructureId, {
      name,
      stage,
      key: addresses.keyOf(args, configuration),
    });
  },
  undo: {
    because:
      'A configuration lives and goes with its VM; on a VM that stays, the next plan configures again.',
  },
};

/** A lost link is worth another try; a recipe that has had all its time is not. */
async function withinLimit(
  { clock }: World,
  { name, configuration: { step, configurator, timeoutMs } }: ConfigureVmArgs,
  work: (timeoutMs: number) => Promise<void>,
): Promise<void> {
  const end = clock.now().getTime() + timeoutMs;
  try {
    await work(timeoutMs);
  } catch (error) {
    if (!isPlatformError(error, 'unavailable') || clock.now().getTime() < end) throw error;
    const message = `Step ${step} (${configurator}) of VM ${name} had ${timeoutMs / 1000} s, its limit, and was stopped: give it more in contextualize N (...), or see what it waits for. ${error.message}`;
    throw new PlatformError('invalid-argument', message, { subject: name, cause: error });
  }
}

function configuratorOf({ configurators }: World, name: string): Configurator {
  const configurator = configurators.get(name);
  if (configurator) return configurator;
  throw new PlatformError('unsupported', `There is no configurator '${name}' here.`);
}

async function infrastructureOf(
  { store }: World,
  { infrastructureId: id }: ConfigureVmArgs,
): Promise<Infrastructure> {
  const infrastructure = await store.find(id);
  if (infrastructure) return infrastructure;
  throw new PlatformError('not-found', `There is no infrastructure ${id}.`, { subject: id });
}

async function deliveredComponents(
  { components, delivery }: Pick<StepWorld, 'components' | 'delivery'>,
  { name, configuration }: ConfigureVmArgs,
): Promise<readonly DeliveredComponent[]> {
  if (configuration.components.length === 0) return [];
  const known = await components.list();
  return configuration.components.map(({ fileName, version, digest }) => {
    const component = known.find((each) => each.fileName === fileName && each.digest === digest);
    if (!component) {
      const message = `Component ${fileName} ${version} is not in the repository any more; add it again.`;
      throw new PlatformError('not-found', message, { subject: fileName });
    }
    const pushed = { fileName, digest, content: () => components.read(component) };
    return delivery === undefined ? pushed : { ...pushed, order: () => delivery.order(component, name) };
  });
}
