import { type Diagnostic, type RadlDocument, disksOf, hasErrors } from '@trencadis/radl';
import type { DesiredInfrastructure, Infrastructure } from './model.ts';
import { type PartialObservation, observeWhatAnswers } from './observe.ts';
import { type PreparationParts, forDeployment, knownVmms, offersTo, resolve } from './prepare.ts';
import { readTarget } from './read-target.ts';

/** What is asked for, and as much of what is there as can be told now. */
export type AsDeployed =
  | { readonly kind: 'problems'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'prepared';
      readonly desired: DesiredInfrastructure;
      readonly observed: PartialObservation;
    };

/**
 * What a person sees of what is deployed builds on this, and no plan does: VM managers that do not answer soon are
 * left out, and none is asked how much it has left.
 */
export async function prepareAsDeployed(
  parts: PreparationParts,
  infrastructure: Infrastructure,
  signal: AbortSignal,
): Promise<AsDeployed> {
  const { id } = infrastructure;
  const { document, diagnostics } = readTarget(infrastructure);
  if (hasErrors(diagnostics)) return { kind: 'problems', diagnostics };
  const offers = await offersTo(parts, infrastructure);
  // Which of them are its own is known once the document is resolved.
  const persistentDisks = asksForPersistentDisks(document, infrastructure) ? 'all' : [];
  const vmms = knownVmms(infrastructure, offers);
  const found = await observeWhatAnswers(parts.world, { id, vmms, persistentDisks }, signal);
  const resolution = await resolve(parts, {
    infrastructure,
    document,
    vmms: offers.map((offer) => forDeployment(offer, { quota: {} })),
    mine: found,
    outages: found.outages,
  });
  if (resolution.kind === 'problems') return resolution;
  const { desired } = resolution;
  return { kind: 'prepared', desired, observed: { ...found, disks: ownDisks(found, desired) } };
}

function asksForPersistentDisks(document: RadlDocument, { members }: Infrastructure): boolean {
  return (
    document.systems.some((system) => disksOf(system).some(({ persistent }) => persistent === true)) ||
    members.some(({ alteration }) => alteration?.disks?.some(({ isPersistent }) => isPersistent))
  );
}

function ownDisks(
  { disks }: PartialObservation,
  desired: DesiredInfrastructure,
): PartialObservation['disks'] {
  const wanted = new Set(desired.disks.map(({ name }) => name));
  return disks.filter(({ name, tag }) => tag === desired.tag || wanted.has(name));
}
