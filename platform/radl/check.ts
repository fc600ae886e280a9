import { checkContextualize, checkDeploys } from './check-deployment.ts';
import { checkInputs, checkOutputs } from './check-parameters.ts';
import { checkServices } from './check-services.ts';
import { checkFeature } from './check-feature.ts';
import { checkInterfaces } from './check-interfaces.ts';
import { checkNetworks } from './check-networks.ts';
import { checkRecipes } from './check-recipes.ts';
import { checkRepeats } from './check-repeats.ts';
import { checkAnsibles, checkDuplicateIds, checkUnused } from './check-sections.ts';
import { Checking } from './checking.ts';
import type { Owner } from './feature-key.ts';
import type { FeatureOwner } from './features.ts';
import type { Diagnostic, Dialect, Feature, RadlDocument } from './model.ts';

/** What a document means: keys, types, units, values, bounds, ids, counts. All problems at once, in text order. */
export function checkRadl(
  document: RadlDocument,
  options: { readonly dialect?: Dialect } = {},
): readonly Diagnostic[] {
  const checking = new Checking(document, options.dialect ?? 'trencadis');
  for (const [owner, sections] of featureSectionsOf(document)) {
    for (const { features } of sections) checkFeatures(checking, owner, features);
  }
  for (const system of document.systems) {
    if (!system.isReference) checkInterfaces(checking, system);
  }
  checkNetworks(checking);
  checkServices(checking);
  checkInputs(checking);
  checkOutputs(checking);
  checkDuplicateIds(checking);
  checkAnsibles(checking);
  checkDeploys(checking);
  checkContextualize(checking);
  checkRecipes(checking);
  checkUnused(checking);
  return checking.found.inOrder();
}

function featureSectionsOf(document: RadlDocument): readonly [Owner, readonly FeatureOwner[]][] {
  const { description, networks, ansibles, systems, services, inputs, outputs } = document;
  return [
    ['description', description === undefined ? [] : [description]],
    ['network', networks],
    ['ansible', ansibles],
    ['system', systems],
    ['service', services],
    ['input', inputs],
    ['output', outputs],
  ];
}

function checkFeatures(checking: Checking, owner: Owner, features: readonly Feature[]): void {
  checkEach(checking, owner, features);
  checkRepeats(checking, features);
}

function checkEach(checking: Checking, owner: Owner, features: readonly Feature[]): void {
  for (const feature of features) {
    if (feature.kind === 'soft') checkFeatures(checking, owner, feature.features);
    else checkFeature(checking, owner, feature);
    if (feature.kind === 'contains') checkEach(checking, 'application', feature.features);
  }
}
