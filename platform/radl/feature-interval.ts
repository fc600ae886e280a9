import type { FeatureKey } from './feature-key.ts';
import { intervalOfComparison } from './intervals.ts';
import type { Feature, Interval } from './model.ts';
import { toBytes } from './quantities.ts';

/** The numbers one comparison allows: sizes in bytes, all else as written. A text allows any. */
export function intervalOfFeature(
  feature: Extract<Feature, { readonly kind: 'comparison' }>,
  unit: FeatureKey['unit'] = 'none',
): Interval {
  const { value, operator } = feature;
  if (value.kind !== 'number') return {};
  const number = unit === 'size' ? toBytes(value.value, value.unit) : value.value;
  return intervalOfComparison(operator, number);
}
