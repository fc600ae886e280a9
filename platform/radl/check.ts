import { checkContextualize, checkDeploys } from './check-deployment.ts';
import { checkInputs, checkOutputs } from './check-parameters.ts';
import { checkServices } from './check-services.ts';
import { checkFeature } from './check-feature.ts';
import { checkInterfaces } from './check-interfaces.ts';
import { checkRepeats } from './check-repeats.ts';
import { checkAnsibles, checkDuplicateIds, checkUnused } from './check-sections.ts';
import { Checking } from './checking.ts';
import type { Owner } from './feature-key.ts';
import type { Diagnostic, Dialect, Feature, RadlDocument } from './model.ts';

/** What a document means: keys, types, units, values, bounds, ids, counts. All problems at once, in text order. */
export function checkRadl(
  document: RadlDocument,
  options: { readonly dialect?: Dialect } = {},
): readonly Diagnostic[] {
  const checking = new Checking(document, options.dialect ?? 'trencadis');
  if (document.description !== undefined) {
    checkFeatures(checking, 'description', document.description.features);
  }
  for (const network of document.networks) checkFeatures(checking, 'network', network.features);
  for (const ansible of document.ansibles) checkFeatures(checking, 'ansible', ansible.features);
  for (const service of document.services) checkFeatures(checking, 'service', service.features);
  for (const input of document.inputs) checkFeatures(checking, 'input', input.features);
  for (const output of document.outputs) checkFeatures(checking, 'output', output.features);
  for (const system of document.systems) {
    checkFeatures(checking, 'system', system.features);
    if (!system.isReference) checkInterfaces(checking, system);
  }
  checkServices(checking);
  checkInputs(checking);
  checkOutputs(checking);
  checkDuplicateIds(checking);
  checkAnsibles(checking);
  checkDeploys(checking);
  checkContextualize(checking);
  checkUnused(checking);
  return checking.found.inOrder();
}

function checkFeatures(checking: Checking, owner: Owner, features: readonly Feature[]): void {
  for (const feature of features) {
    if (feature.kind === 'soft') checkFeatures(checking, owner, feature.features);
    else checkFeature(checking, owner, feature);
    if (feature.kind === 'contains') checkFeatures(checking, 'application', feature.features);
  }
  checkRepeats(checking, owner, features);
}
