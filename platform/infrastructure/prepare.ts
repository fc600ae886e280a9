import type { ImageStore } from '@trencadis/image-catalog';
import { matchImages } from '@trencadis/image-catalog';
import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import { type Diagnostic, type RadlDocument, hasErrors, readRadl } from '@trencadis/radl';
import type { PlannedStep } from '@trencadis/saga';
import type { DesiredInfrastructure, Infrastructure, ObservedInfrastructure } from './model.ts';
import { observe } from './observe.ts';
import type { Offers } from './offers.ts';
import { planDeploy, planDestroy, planRemoval } from './plan.ts';
import { type Resolution, resolveDesired } from './resolve-desired.ts';
import { type StepWorld, vmmOf } from './step-world.ts';

export interface PreparationParts {
  readonly world: StepWorld;
  readonly images: Pick<ImageStore, 'list'>;
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
  const { document, diagnostics } = readRadl(infrastructure.radl, { dialect: infrastructure.dialect });
  if (hasErrors(diagnostics)) return { kind: 'problems', diagnostics };
  const resolution = await resolve(parts, infrastructure, document);
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
  infrastructure: Infrastructure,
  document: RadlDocument,
): Promise<Resolution> {
  const configurator = world.configurators.get('puppet');
  const [first, ...others] = world.vmms.keys();
  if (!configurator || first === undefined)
    throw new PlatformError('internal', 'The platform runs without VM manager or configurator.');
  const [vmis, components] = await Promise.all([images.list(), world.components.list()]);
  const offers: Offers = { vmis, components, vmms: [first, ...others], configurator, matchImages };
  return resolveDesired(infrastructure, document, offers);
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
