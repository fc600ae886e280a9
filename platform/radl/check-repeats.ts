import type { Checking } from './checking.ts';
import type { Comparing } from './check-feature.ts';
import type { Owner } from './feature-key.ts';
import { findFeatureKey } from './feature-keys.ts';
import { intersect, isEmptyInterval, printInterval } from './intervals.ts';
import { intervalOfFeature } from './feature-interval.ts';
import type { Feature, Interval } from './model.ts';
import { printFeature } from './print-value.ts';

/** Several features with one key must agree: bounds leave a number, texts are the same, kinds do not mix. */
export function checkRepeats(checking: Checking, owner: Owner, features: readonly Feature[]): void {
  const comparisons = features.filter((feature) => feature.kind === 'comparison');
  for (const repeats of Map.groupBy(comparisons, ({ key }) => key).values()) {
    if (repeats.length > 1) checkRepeatsOfKey(checking, repeats);
    const numbers = repeats.filter(({ value }) => value.kind === 'number');
    if (numbers.length > 1) checkBounds(checking, owner, numbers);
  }
  checkApplications(checking, features);
}

function checkRepeatsOfKey(checking: Checking, repeats: readonly Comparing[]): void {
  const seen = new Set<string>();
  const distinct: Comparing[] = [];
  for (const feature of repeats) {
    const text = printFeature(feature);
    if (!seen.has(text)) distinct.push(feature);
    else reportTwice(checking, feature, text);
    seen.add(text);
  }
  const [first, ...rest] = distinct;
  if (first === undefined) return;
  const equal = distinct.find(({ operator, value }) => operator === '=' && value.kind !== 'number');
  for (const feature of rest) {
    const isOtherText = feature.operator === '=' && feature.value.kind !== 'number' && feature !== equal;
    if (first.value.kind !== feature.value.kind) reportOtherKind(checking, first, feature);
    else if (isOtherText && equal !== undefined) reportOtherValue(checking, equal, feature);
  }
}

function reportTwice(checking: Checking, { span }: Comparing, text: string): void {
  const message = `${text} is written twice`;
  checking.report({ code: 'RADL309', severity: 'warning', span, message, hint: 'remove one' });
}

function reportOtherKind(checking: Checking, first: Comparing, other: Comparing): void {
  const message = `${other.key} is ${kindOf(first)} in line ${first.span.line} and ${kindOf(other)} here`;
  checking.report({ code: 'RADL308', span: other.span, message });
}

function kindOf(feature: Comparing): string {
  return `a ${feature.value.kind}`;
}

function reportOtherValue(checking: Checking, first: Comparing, other: Comparing): void {
  const message = `${other.key} has another value in line ${first.span.line}`;
  checking.report({
    code: 'RADL307',
    span: other.span,
    message,
    hint: `keep one, for example ${printFeature(first)}`,
  });
}

function checkBounds(checking: Checking, owner: Owner, numbers: readonly Comparing[]): void {
  let merged: Interval = {};
  for (const feature of numbers) {
    const next = intersect(merged, intervalOfFeature(feature, findFeatureKey(owner, feature.key)?.unit));
    if (isEmptyInterval(next)) {
      const severity = isEmptyInterval(next, true) ? 'error' : checking.severityOfSilence;
      const message = `no number is both ${printFeature(feature)} and ${printInterval(merged)} as said before`;
      checking.report({ code: 'RADL306', severity, span: feature.span, message });
      return;
    }
    merged = next;
  }
}

/** `contains` merges by name: one application may be spread over several, if they agree. */
function checkApplications(checking: Checking, features: readonly Feature[]): void {
  const contained = features.filter((feature) => feature.kind === 'contains');
  if (contained.length < 2) return;
  const byName = Map.groupBy(contained, (each) => {
    const name = each.features.find((inner) => inner.kind === 'comparison' && inner.key === 'name');
    return `${each.key} ${name === undefined ? '' : printFeature(name)}`;
  });
  for (const group of byName.values()) {
    if (group.length < 2) continue;
    const inner = group.flatMap((each) => each.features).filter((feature) => feature.kind === 'comparison');
    for (const [key, repeats] of Map.groupBy(inner, (feature) => feature.key)) {
      if (key !== 'name' && repeats.length > 1) checkRepeatsOfKey(checking, repeats);
    }
  }
}
