import type { Feature, RadlDocument } from '../model.ts';
import { printFeature } from '../print-value.ts';
import { withoutSpans } from './problems.ts';

/** A document without spans, its features in an order of their own: JSON keeps them by key, not by place. */
export function byMeaning(document: RadlDocument): RadlDocument {
  return sorted(withoutSpans(document)) as RadlDocument;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    if (key === 'options') {
      return [
        key,
        (inner as readonly unknown[]).toSorted((a, b) => compare(JSON.stringify(a), JSON.stringify(b))),
      ];
    }
    if (key !== 'features') return [key, sorted(inner)];
    const features = (inner as readonly Feature[]).map((feature) => sorted(feature) as Feature);
    return [key, features.toSorted((a, b) => compare(printFeature(a), printFeature(b)))];
  });
  return Object.fromEntries(entries);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
