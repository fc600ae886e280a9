import type { ImageFinder } from '@trencadis/image-catalog';
import { PlatformError } from '@trencadis/errors';
import type { Sha256 } from '@trencadis/ids';
import { type Diagnostic, type RadlDocument, hasErrors } from '@trencadis/radl';
import type { VmmOffer } from '@trencadis/vmm';
import { perHourOf } from './cost.ts';
import { type AccountQuota, refuseOverQuota, usageOfAll } from './quota.ts';
import type {
  DesiredInfrastructure,
  Infrastructure,
  ObservedInfrastructure,
  Plan,
  Target,
  Usage,
} from './model.ts';
import type { Leaving } from './decide-members.ts';
import { digestOf, observe } from './observe.ts';
import { networkProblems } from './network-problems.ts';
import { type Offers, type VmmForDeployment, pinOf } from './offers.ts';
import { withNamedImages } from './named-images.ts';
import { type Outages, type Patience, askInTime, outageOf, patienceOf, planningMs } from './outage.ts';
import { planDestroy, planRemoval } from './plan-removal.ts';
import { resolutionCodes } from './resolution-problems.ts';
import { withRenewals } from './certificate-life.ts';
import { type Resolution, resolveDesired } from './resolve-desired.ts';
import { vmName } from './resource-names.ts';
import { isPinned, pinnedComponents } from './services/component-pins.ts';
import { capabilityProblems } from './services/capability-problems.ts';
import { removeServices } from './services/plan-services.ts';
import { knownGroups } from './services/service-stages.ts';
import type { StepWorld } from './step-world.ts';
import { targetOf } from './target-of.ts';
import { readTarget } from './read-target.ts';

export interface PreparationParts {
  readonly world: StepWorld;
  readonly images: ImageFinder;
  /** Groups of an owner; default none. */
  readonly groupsOf?: (owner: string) => Promise<readonly string[]>;
  /** What an owner may have in all; default: no limit. */
  readonly quotaOf?: (owner: string) => Promise<AccountQuota | undefined>;
}

export interface Prepared {
  readonly kind: 'prepared';
  /** With the members that the document became. */
  readonly target: Target;
  readonly document: RadlDocument;
  readonly desired: DesiredInfrastructure;
  readonly observed: ObservedInfrastructure;
  readonly offers: readonly VmmOffer[];
  /** The same, with what each has left. */
  readonly vmms: readonly VmmForDeployment[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A document turned into what it asks for and what is there. */
export type Preparation =
  | { readonly kind: 'problems'; readonly diagnostics: readonly Diagnostic[] }
  | Prepared;

export async function prepare(
  parts: PreparationParts,
  infrastructure: Infrastructure & Leaving,
  signal: AbortSignal,
): Promise<Preparation> {
  const { document, diagnostics } = readTarget(infrastructure);
  if (hasErrors(diagnostics)) return { kind: 'problems', diagnostics };
  const { world } = parts;
  const quota = await parts.quotaOf?.(infrastructure.owner);
  const usedElsewhere = quota && (await world.store.usageOf(infrastructure.owner, infrastructure.id));
  // Before anything that costs time for each of them.
  if (quota && usedElsewhere) refuseOverQuota(quota, usedElsewhere, askedBy(document));
  const offers = await offersTo(parts, infrastructure);
  const known = { id: infrastructure.id, vmms: knownVmms(infrastructure, offers), persistentDisks: [] };
  const patience = patienceOf(planningMs);
  const [mine, vmms] = await Promise.all([
    observe(world, known, signal, patience),
    withQuotas(offers, signal).then((asked) => withNamedImages(document, { offers, vmms: asked }, signal)),
  ]);
  const resolution = await resolve(parts, { infrastructure, document, vmms, mine });
  if (resolution.kind === 'problems') {
    refuseWhenPassing(resolution.diagnostics, vmms);
    return { kind: 'problems', diagnostics: [...diagnostics, ...resolution.diagnostics] };
  }
  const { desired, roster } = resolution;
  const observed = await observeAll(parts, { infrastructure, desired, mine, patience }, signal);
  const all = [
    ...diagnostics,
    ...networkProblems(document, desired, observed.networks),
    ...(await capabilityProblems(world, document, desired)),
  ];
  if (hasErrors(all)) return { kind: 'problems', diagnostics: all };
  if (quota && usedElsewhere) refuseOverQuota(quota, usedElsewhere, usageOfAll(desired));
  const components = pinnedComponents(infrastructure, desired);
  const target = { ...targetOf(infrastructure), usage: usageOfAll(desired), ...roster, ...components };
  return { kind: 'prepared', target, document, desired, observed, offers, vmms, diagnostics: all };
}

function askedBy({ deploys }: RadlDocument): Pick<Usage, 'vms'> {
  return { vms: deploys.reduce((sum, { count }) => sum + count, 0) };
}

/** The VM managers that an infrastructure's owner may deploy on. */
export async function offersTo(
  { world, groupsOf }: PreparationParts,
  { owner }: Pick<Infrastructure, 'owner'>,
): Promise<readonly VmmOffer[]> {
  const groups = (await groupsOf?.(owner)) ?? [];
  return world.vmms.offeredTo({ owner, groups });
}

/** A site that is not offered any more may still hold something of ours. */
export function knownVmms({ vmms }: Infrastructure, offers: readonly VmmOffer[]): readonly string[] {
  const offered = new Set(offers.map(({ key }) => key));
  const gone = vmms.find((key) => !offered.has(key));
  if (gone === undefined) return vmms;
  const message = `VM manager '${gone}', where this infrastructure is, is not to be had any more: add it again, or destroy the infrastructure.`;
  throw new PlatformError('conflict', message, { subject: gone });
}

/** What is there already was observed to resolve the document; new places and persistent disks come on top. */
async function observeAll(
  { world }: PreparationParts,
  {
    infrastructure: { id, vmms },
    desired,
    mine,
    patience,
  }: {
    readonly infrastructure: Infrastructure;
    readonly desired: DesiredInfrastructure;
    readonly mine: ObservedInfrastructure;
    readonly patience: Patience;
  },
  signal: AbortSignal,
): Promise<ObservedInfrastructure> {
  const persistentDisks = desired.disks.filter((disk) => disk.isPersistent).map((disk) => disk.name);
  const all = [...new Set([...vmms, ...desired.placements.map(({ vmm }) => vmm)])];
  if (persistentDisks.length === 0 && all.length === vmms.length) return mine;
  return observe(world, { id, vmms: all, persistentDisks }, signal, patience);
}

interface ResolveInputs {
  readonly infrastructure: Infrastructure & Leaving;
  readonly document: RadlDocument;
  readonly vmms: readonly VmmForDeployment[];
  /** What is there. */
  readonly mine: { readonly vms: Offers['vms'] } & Pick<ObservedInfrastructure, 'configured'>;
  /** VMs at these are not known of, and taken to be there. */
  readonly outages?: Outages;
}

/** Makes the choices that a document leaves open, with the catalog, the components and what is there. */
export async function resolve(
  { world, images }: PreparationParts,
  { infrastructure, document, vmms, mine: { vms, configured }, outages = new Map() }: ResolveInputs,
): Promise<Resolution> {
  const { owner } = infrastructure;
  const [pinned, components] = await Promise.all([
    pinnedImages(world, infrastructure),
    world.components.list(),
  ]);
  const inUse = [...vms.map(({ image }) => image.digest), ...pinned.values()];
  const resolution = resolveDesired(infrastructure, document, {
    components: components.filter((each) => isPinned(infrastructure, each)),
    vmms,
    configurators: world.configurators,
    matchImages: (requirements) => images.match(owner, requirements, { limit: 1 }),
    vms: [...vms, ...unseenVms(infrastructure, { outages, pinned })],
    pinned,
    groups: new Map(knownGroups(configured).map(({ name, vmm }) => [name, vmm])),
    imagesInUse: await imagesOf(inUse, images, owner),
  });
  if (resolution.kind === 'problems') return resolution;
  return { ...resolution, desired: withRenewals(resolution.desired, infrastructure, world.clock.now()) };
}

function unseenVms(
  { id, members }: Infrastructure,
  { outages, pinned }: { readonly outages: Outages } & Pick<Offers, 'pinned'>,
): Offers['vms'] {
  return members.flatMap(({ systemId, number, vmm }) => {
    const digest = pinned.get(pinOf(systemId, vmm));
    if (digest === undefined || !outages.has(vmm)) return [];
    return [{ name: vmName(id, systemId, number), vmm, image: { digest } }];
  });
}

/** One that does not say how much it has left by then is taken for silent. */
const quotaMs = planningMs / 2;

/** Each with what it has left. One that cannot be asked is no reason to deploy nothing elsewhere. */
async function withQuotas(
  offers: readonly VmmOffer[],
  signal: AbortSignal,
): Promise<readonly VmmForDeployment[]> {
  const patience = patienceOf(quotaMs);
  return Promise.all(
    offers.map(async (offer) => {
      try {
        const how = { signal, patience };
        const [quota, instanceTypes] = await Promise.all([
          askInTime((until) => offer.driver.quota(until), how),
          offer.driver.capabilities.instanceTypes
            ? askInTime((until) => offer.driver.listInstanceTypes(until), how)
            : undefined,
        ]);
        return forDeployment(offer, { quota, ...(instanceTypes ? { instanceTypes } : {}) });
      } catch (error) {
        const outage = outageOf(error);
        if (outage === undefined) throw error;
        return forDeployment(offer, { quota: {}, outage });
      }
    }),
  );
}

export function forDeployment(
  { key, name, driver, price, places, isOwn, own }: VmmOffer,
  room: Pick<VmmForDeployment, 'quota' | 'outage' | 'instanceTypes'>,
): VmmForDeployment {
  const { capabilities } = driver;
  const { product, userData: takesUserData } = capabilities;
  const known = { places, isOwn, ...(own ? { own } : {}) };
  const offer = { vmm: key, name, product, takesUserData, capabilities, ...known, ...room };
  if (!price) return offer;
  return { ...offer, perHour: (size) => perHourOf(price, size), currency: price.currency };
}

/** Asked again when it answers, that VM manager may take what no other can. */
function refuseWhenPassing(diagnostics: readonly Diagnostic[], vmms: readonly VmmForDeployment[]): void {
  const refusal = diagnostics.find(({ code }) => code === resolutionCodes.noCandidate);
  const passing = vmms.find(({ outage }) => outage?.isPassing && refusal?.message.includes(outage.because));
  if (refusal === undefined || passing === undefined) return;
  throw new PlatformError('unavailable', refusal.message, { subject: passing.vmm });
}

/** Of the plan applied last: so the same is deployed again even where no VM is left to tell what it ran. */
async function pinnedImages(
  { store }: StepWorld,
  { activePlanId }: Infrastructure,
): Promise<Offers['pinned']> {
  const choices = activePlanId === undefined ? [] : await store.findPlanImages(activePlanId);
  return new Map(
    choices.flatMap(({ systemId, digest, vmm = 'local', url }) => {
      if (digest === undefined) return [];
      const pins = [pinOf(systemId, vmm), ...(url === undefined ? [] : [pinOf(systemId, vmm, url)])];
      return pins.map((pin) => [pin, digest] as const);
    }),
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

/** Everything with the infrastructure's tag, wherever it may have something: also what no document asks for any more. */
export async function prepareDestroy(
  { world }: Pick<PreparationParts, 'world'>,
  { id, vmms }: Pick<Infrastructure, 'id' | 'vmms'>,
  signal: AbortSignal,
): Promise<Removal> {
  const observed = await observe(world, { id, vmms, persistentDisks: [] }, signal);
  const removals = removeServices(id, observed, planRemoval(id, observed));
  return { steps: planDestroy(id, removals), observedDigest: digestOf(observed) };
}

export type Removal = Pick<Plan, 'steps' | 'observedDigest'>;
