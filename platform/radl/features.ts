import type { FeatureKey } from './feature-key.ts';
import { findFeatureKey } from './feature-keys.ts';
import { intervalOfFeature } from './feature-interval.ts';
import { intersect } from './intervals.ts';
import type { Feature, Interval, RadlNetwork } from './model.ts';

/** Anything that holds features: a section, a soft group. */
export interface FeatureOwner {
  readonly features: readonly Feature[];
}

/** The text of the first `key = '...'`. */
export function textOf(owner: FeatureOwner, key: string): string | undefined {
  for (const feature of owner.features) {
    if (feature.kind !== 'comparison' || feature.key !== key || feature.operator !== '=') continue;
    if (feature.value.kind === 'text') return feature.value.text;
  }
  return undefined;
}

/** The texts of a key that takes one or a list. */
export function textsOf(owner: FeatureOwner, key: string): readonly string[] {
  return owner.features.flatMap((feature) => {
    if (feature.kind !== 'comparison' || feature.key !== key) return [];
    if (feature.value.kind === 'text') return [feature.value.text];
    return feature.value.kind === 'list' ? feature.value.texts : [];
  });
}

/** What all numeric features of a system's key allow together: bytes for sizes. `undefined`: it has none. */
export function intervalOf(owner: FeatureOwner, key: string): Interval | undefined {
  const unit: FeatureKey['unit'] = findFeatureKey('system', key)?.unit ?? 'none';
  let merged: Interval | undefined;
  for (const feature of owner.features) {
    if (feature.kind !== 'comparison' || feature.key !== key || feature.value.kind !== 'number') continue;
    merged = intersect(merged ?? {}, intervalOfFeature(feature, unit));
  }
  return merged;
}

/** `outbound = 'yes'`: machines on it are reachable from outside. */
export function isPublicNetwork(network: RadlNetwork): boolean {
  return textOf(network, 'outbound') === 'yes';
}

/** The number of the first `key = 1`. */
export function numberOf(owner: FeatureOwner, key: string): number | undefined {
  for (const feature of owner.features) {
    if (feature.kind !== 'comparison' || feature.key !== key || feature.operator !== '=') continue;
    if (feature.value.kind === 'number') return feature.value.value;
  }
  return undefined;
}
