import type { ImageFinder } from '@trencadis/image-catalog';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, brandId } from '@trencadis/ids';
import { type Diagnostic, type RadlDocument, hasErrors, readRadl } from '@trencadis/radl';
import type { PlannedStep } from '@trencadis/saga';
import type { DesiredInfrastructure, Infrastructure, ObservedInfrastructure } from './model.ts';
import { observe } from './observe.ts';
import type { Offers } from './offers.ts';
import { planDeploy, planDestroy, planRemoval } from './plan.ts';
import { type Resolution, resolveDesired } from './resolve-desired.ts';
import { type StepWorld, vmmOf } from './step-world.ts';
import type { Vm } from '@trencadis/vmm';

export interface PreparationParts {
  readonly world: StepWorld;
  readonly images: ImageFinder;
}

/** A document turned into what it asks for, what is there, and the steps between the two. */
export type Preparation =
  | { readonly kind: 'problems'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'prepared';
      readonly desired: DesiredInfrastructure;
      readonly observed: ObservedInfrastructure;
      readonly steps: readonly PlannedStep[];
      readonly diagnostics: readonly Diagnostic[];
    };

export async function prepareDeploy(
  parts: PreparationParts,
  infrastructure: Infrastructure,
  signal: AbortSignal,
): Promise<Preparation> {
  const { radl, dialect, parameters: inputs } = infrastructure;
  // Parameters are for the document's inputs and for components: each takes what it knows.
  const { document, diagnostics } = readRadl(radl, { dialect, inputs, canHaveOtherValues: true });
  if (hasErrors(diagnostics)) return { kind: 'problems', diagnostics };
  const resolution = await resolve(parts, { infrastructure, document }, signal);
  if (resolution.kind === 'problems')
    return { kind: 'problems', diagnostics: [...diagnostics, ...resolution.diagnostics] };
  const { desired } = resolution;
  const persistentDisks = desired.disks.filter((disk) => disk.isPersistent).map((disk) => disk.name);
  const target = { id: desired.id, tag: desired.tag, persistentDisks };
  const observed = await observe(
    { vmm: vmmOf(parts.world, desired.vmm), store: parts.world.store },
    target,
    signal,
  );
  return { kind: 'prepared', desired, observed, steps: planDeploy(desired, observed), diagnostics };
}

async function resolve(
  { world, images }: PreparationParts,
  { infrastructure, document }: { readonly infrastructure: Infrastructure; readonly document: RadlDocument },
  signal: AbortSignal,
): Promise<Resolution> {
  const configurator = world.configurators.get('puppet');
  const [first, ...others] = world.vmms.keys();
  if (!configurator || first === undefined)
    throw new PlatformError('internal', 'The platform runs without VM manager or configurator.');
  const [vms, pinned, components] = await Promise.all([
    listVms(world, infrastructure, { document, signal }),
    pinnedImages(world, infrastructure),
    world.components.list(),
  ]);
  const { owner } = infrastructure;
  const offers: Offers = {
    components,
    vmms: [first, ...others],
    configurator,
    matchImages: (requirements) => images.match(owner, requirements, { limit: 1 }),
    vms,
    pinned,
    imagesInUse: await imagesOf([...vms.map(({ image }) => image.digest), ...pinned.values()], images, owner),
  };
  return resolveDesired(infrastructure, document, offers);
}

/** Of the infrastructure, at the VM managers that the document names. */
async function listVms(
  world: StepWorld,
  { id }: Infrastructure,
  { document, signal }: { readonly document: RadlDocument; readonly signal: AbortSignal },
): Promise<readonly Vm[]> {
  const [first] = world.vmms.keys();
  const names = new Set(document.deploys.map((deploy) => deploy.cloudId ?? first));
  const drivers = [...world.vmms].filter(([name]) => names.has(name)).map(([, driver]) => driver);
  const vms = await Promise.all(drivers.map((driver) => driver.listVms(brandId('Tag', id), signal)));
  return vms.flat();
}

/** Of the plan applied last: so the same is deployed again even where no VM is left to tell what it ran. */
async function pinnedImages(
  { store }: StepWorld,
  { activePlanId }: Infrastructure,
): Promise<Offers['pinned']> {
  const plan = activePlanId && (await store.findPlan(activePlanId));
  const choices = plan?.images ?? [];
  return new Map(
    choices.flatMap(({ systemId, digest }) => (digest === undefined ? [] : [[systemId, digest]])),
  );
}

async function imagesOf(
  all: readonly Sha256[],
  images: ImageFinder,
  owner: string,
): Promise<Offers['imagesInUse']> {
  const digests = [...new Set(all)];
  const found = await Promise.all(digests.map((digest) => images.withArtifact(owner, digest)));
  return new Map(digests.map((digest, index) => [digest, found[index] ?? []]));
}

/** Everything with the infrastructure's tag, at every VM manager: also what no document asks for any more. */
export async function prepareDestroy(
  { world }: PreparationParts,
  { id }: Infrastructure,
  signal: AbortSignal,
): Promise<readonly PlannedStep[]> {
  const target = { id, tag: brandId('Tag', id), persistentDisks: [] };
  const removals = [...world.vmms].map(async ([vmm, driver]) =>
    planRemoval({ id, vmm }, await observe({ vmm: driver, store: world.store }, target, signal)),
  );
  return planDestroy(id, (await Promise.all(removals)).flat());
}
