import type { Checking } from './checking.ts';
import type { Comparing } from './check-feature.ts';
import { intersect, intervalOfComparison, isEmptyInterval, printInterval } from './intervals.ts';
import type { Feature, Interval } from './model.ts';
import { printFeature, printValue } from './print-value.ts';
import { bytesPerUnit } from './quantities.ts';

type Containing = Extract<Feature, { readonly kind: 'contains' }>;

/** Several features with one key must agree: bounds leave a number, texts are the same, kinds do not mix. */
export function checkRepeats(checking: Checking, features: readonly Feature[]): void {
  const comparisons = features.filter((feature) => feature.kind === 'comparison');
  const byKey = Map.groupBy(comparisons, ({ key }) => key);
  for (const repeats of byKey.values()) {
    if (repeats.length > 1) checkRepeatsOfKey(checking, repeats);
    const numbers = repeats.filter(({ value }) => value.kind === 'number');
    if (numbers.length > 1) checkBounds(checking, numbers);
  }
  const contained = features.filter((feature) => feature.kind === 'contains');
  for (const { key, span } of contained) {
    const [first] = byKey.get(key) ?? [];
    if (first === undefined) continue;
    const message = `${key} is ${kindOf(first)} in line ${first.span.line} and contains features here`;
    checking.report({ code: 'RADL308', span, message });
  }
  checkContained(checking, contained);
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
  // Two bounds of a version (`>= '5'` and `<= '7'`) are two requests to us; to IM they are two texts for a key.
  const isText = ({ operator, value }: Comparing): boolean =>
    value.kind !== 'number' && (operator === '=' || checking.dialect === 'im');
  const text = distinct.find(isText);
  for (const feature of rest) {
    if (first.value.kind !== feature.value.kind) reportOtherKind(checking, first, feature);
    else if (text !== undefined && isText(feature) && printValue(text.value) !== printValue(feature.value)) {
      reportOtherValue(checking, text, feature);
    }
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

function checkBounds(checking: Checking, numbers: readonly Comparing[]): void {
  let merged: Interval = {};
  for (const feature of numbers) {
    const next = intersect(merged, exactInterval(feature));
    if (isEmptyInterval(next)) {
      const severity = isEmptyInterval(next, true) ? 'error' : checking.severityOfSilence;
      const message = `no number is both ${printFeature(feature)} and ${printInterval(merged)} as said before`;
      checking.report({ code: 'RADL306', severity, span: feature.span, message });
      return;
    }
    merged = next;
  }
}

/** Units count whatever the key, known or not; nothing is rounded. */
function exactInterval({ operator, value }: Comparing): Interval {
  if (value.kind !== 'number') return {};
  return intervalOfComparison(operator, value.value * (bytesPerUnit(value.unit ?? '') ?? 1));
}

/** `contains` merges by name: one application may be spread over several, if they agree. */
function checkContained(checking: Checking, contained: readonly Containing[]): void {
  const byName = Map.groupBy(contained, (each) => {
    const name = nameOf(each);
    return `${each.key} ${name === undefined ? '' : printValue(name.value)}`;
  });
  for (const group of byName.values()) {
    const [first, ...rest] = group;
    // The name they share is no repetition.
    const others = rest.flatMap((each) => each.features.filter((feature) => feature !== nameOf(each)));
    checkRepeats(checking, [...(first?.features ?? []), ...others]);
  }
}

function nameOf({ features }: Containing): Comparing | undefined {
  return features
    .filter((feature) => feature.kind === 'comparison')
    .find((feature) => feature.key === 'name');
}
