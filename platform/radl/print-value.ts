import type { Feature, Value } from './model.ts';

/** A value as RADL writes it. */
export function printValue(value: Value): string {
  if (value.kind === 'number') {
    return `${printNumber(value.value)}${value.hasPoint === true ? '.0' : ''}${value.unit ?? ''}`;
  }
  if (value.kind === 'text') return quoted(value.text);
  return `[${value.texts.map(quoted).join(', ')}]`;
}

/** RADL has no escape but `\'`; a pair of a backslash and another character is two characters. */
export function quoted(text: string): string {
  return `'${text.replace(/\\[^']|'|\\/g, (match) => (match === "'" ? "\\'" : match === '\\' ? '\\\\' : match))}'`;
}

/** Digits with a point: RADL knows no exponent. */
export function printNumber(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent);
  if (shift < 0) return `0.${'0'.repeat(-shift - 1)}${whole}${fraction}`;
  return whole + fraction.padEnd(shift, '0');
}

/** A feature on one line. */
export function printFeature(feature: Feature): string {
  if (feature.kind === 'comparison') return `${feature.key} ${feature.operator} ${printValue(feature.value)}`;
  const inner = feature.features.map(printFeature).join(' and ');
  if (feature.kind === 'contains') return `${feature.key} contains (${inner})`;
  return `soft ${printNumber(feature.weight)} (${inner})`;
}
