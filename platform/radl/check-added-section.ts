import type { Checking } from './checking.ts';
import type { Owner } from './feature-key.ts';
import { featureKeys, findFeatureKey } from './feature-keys.ts';
import type { Feature, Span } from './model.ts';

/** A section that IM does not have. */
export interface AddedSection {
  readonly id: string;
  readonly features: readonly Feature[];
  readonly span: Span;
}

/** What every added section needs: a dialect that has it, its required keys, numbers in range. */
export function checkAdded(checking: Checking, owner: Owner, section: AddedSection): boolean {
  if (checking.dialect === 'im') {
    const message = `IM has no ${owner} sections`;
    const hint = 'use dialect trencadis or paper, or remove it';
    checking.report({ code: 'RADL334', span: section.span, message, hint });
    return false;
  }
  const keys = new Set(section.features.map((feature) => ('key' in feature ? feature.key : '')));
  const required = featureKeys.filter((row) => row.owner === owner && row.isRequired === true);
  for (const { key } of required.filter((row) => !keys.has(row.key))) {
    reportMissing(checking, `${owner} ${section.id}`, { key, span: section.span });
  }
  for (const feature of section.features) checkRange(checking, owner, feature);
  return true;
}

export function reportMissing(
  checking: Checking,
  what: string,
  { key, span }: { readonly key: string; readonly span: Span },
): void {
  checking.report({ code: 'RADL330', span, message: `${what} has no ${key}`, hint: `add ${key} = ...` });
}

function checkRange(checking: Checking, owner: Owner, feature: Feature): void {
  if (feature.kind !== 'comparison' || feature.value.kind !== 'number') return;
  const { least = 0, most = Number.POSITIVE_INFINITY } = findFeatureKey(owner, feature.key) ?? {};
  const { value } = feature.value;
  if (value >= least && value <= most) return;
  const message = `${feature.key} is ${value}, but must be ${most === Number.POSITIVE_INFINITY ? `at least ${least}` : `from ${least} to ${most}`}`;
  checking.report({ code: 'RADL332', span: feature.span, message });
}

/** Says that the value of a key does not go with the others. */
export function reportContradiction(
  checking: Checking,
  section: AddedSection,
  { key, message, hint }: { readonly key: string; readonly message: string; readonly hint?: string },
): void {
  const span = keyOf(section, key)?.span ?? section.span;
  checking.report({ code: 'RADL331', span, message, hint });
}

/** The first feature of a key. */
export function keyOf({ features }: AddedSection, key: string): Feature | undefined {
  return features.find((feature) => 'key' in feature && feature.key === key);
}
