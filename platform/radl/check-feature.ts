import { checkFormat } from './check-format.ts';
import type { Checking } from './checking.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';
import type { FeatureKey, Owner, ValueType } from './feature-key.ts';
import { findCheckedKey, findFeatureKey } from './feature-keys.ts';
import type { Feature, Value } from './model.ts';
import { printValue } from './print-value.ts';
import { bytesPerUnit, performanceUnits, sizeUnits } from './quantities.ts';

export type Comparing = Extract<Feature, { readonly kind: 'comparison' }>;
type Keyed = Exclude<Feature, { readonly kind: 'soft' }>;

interface Case {
  readonly checking: Checking;
  readonly row: FeatureKey;
  readonly feature: Comparing;
}

/** One feature against the row of its key. */
export function checkFeature(checking: Checking, owner: Owner, feature: Keyed): void {
  const row = findFeatureKey(owner, feature.key);
  if (row === undefined || !isRead(checking, row)) reportUnknown(checking, owner, feature);
  const checked = row ?? (owner === 'system' ? findCheckedKey(feature.key) : undefined);
  if (checked === undefined || !isRead(checking, checked)) return;
  if (feature.kind === 'contains') checkContains(checking, checked, feature);
  else checkComparison({ checking, row: checked, feature });
}

function isRead({ dialect }: Checking, { origin }: FeatureKey): boolean {
  return dialect !== 'im' || origin === 'im';
}

function reportUnknown(checking: Checking, owner: Owner, { key, span }: Keyed): void {
  const isKnownElsewhere = findFeatureKey(owner, key) !== undefined;
  const hint = isKnownElsewhere ? undefined : checking.nearestKey(owner, key);
  const message = `"${key}" is no key of ${article(owner)} and has no effect`;
  checking.report({ code: 'RADL301', severity: 'warning', span, message, hint });
}

function article(owner: Owner): string {
  return /^[aio]/.test(owner) ? `an ${owner}` : `a ${owner}`;
}

function checkContains(checking: Checking, row: FeatureKey, feature: Keyed): void {
  if (row.type === 'contains' || row.type === 'any') return;
  const severity = row.isCheckedByIm ? 'error' : checking.severityOfSilence;
  const message = `${feature.key} takes ${described(row.type)}, not \`contains\``;
  checking.report({ code: 'RADL302', severity, span: feature.span, message });
}

function checkType(one: Case): boolean {
  const { row, feature } = one;
  const { value, key } = feature;
  if (fits(row.type, value)) return true;
  const message = `${key} takes ${described(row.type)}, not ${printValue(value)}`;
  report(one, 'RADL302', message, conversion(row.type, value));
  return false;
}

function fits(type: ValueType, value: Value): boolean {
  if (type === 'any') return true;
  if (type === 'contains') return false;
  if (type === 'number') return value.kind === 'number';
  if (type === 'integer')
    return value.kind === 'number' && Number.isInteger(value.value) && value.hasPoint !== true;
  if (type === 'text-or-list') return value.kind !== 'number';
  return value.kind === type;
}

const descriptions: Readonly<Record<ValueType, string>> = {
  number: 'a number',
  integer: 'a whole number',
  text: 'a text in quotes',
  list: 'a list of texts',
  'text-or-list': 'a text or a list of texts',
  contains: '`contains (...)`',
  any: 'any value',
};

function described(type: ValueType): string {
  return descriptions[type];
}

function conversion(type: ValueType, value: Value): string | undefined {
  const isNumeric = type === 'number' || type === 'integer';
  if (isNumeric && value.kind === 'text' && /^\d+(\.\d+)?$/.test(value.text)) return `write ${value.text}`;
  if (type.startsWith('text') && value.kind === 'number') return `write '${printValue(value)}'`;
  if (type === 'integer' && value.kind === 'number') {
    return value.hasPoint === true ? 'write it without the point' : 'write a smaller unit: 1500M for 1.5G';
  }
  return undefined;
}

function checkComparison(one: Case): void {
  const { row, feature } = one;
  if (!checkType(one)) return;
  if (row.operators === 'equals' && feature.operator !== '=') {
    checkOperator(one);
  }
  if (feature.value.kind === 'number') checkUnit(one, feature.value.unit);
  if (feature.value.kind === 'text') checkText(one, feature.value.text);
  if (feature.value.kind === 'list') for (const text of feature.value.texts) checkText(one, text);
}

/** IM does not look at the operator of a list. */
function checkOperator({ checking, row, feature }: Case): void {
  const isRefusedByIm = row.isCheckedByIm && feature.value.kind !== 'list';
  const severity = isRefusedByIm ? 'error' : checking.severityOfSilence;
  const message = `${feature.key} is compared with = only`;
  checking.report({ code: 'RADL303', severity, span: feature.span, message, hint: 'write =' });
}

function checkUnit(one: Case, unit: string | undefined): void {
  const { row, feature } = one;
  if (row.type === 'any') return;
  if (row.unit === 'none') {
    if (unit !== undefined) report(one, 'RADL304', `${feature.key} has no unit`, 'remove it');
  } else if (row.unit === 'performance') {
    const isKnown = performanceUnits.some((known) => known === unit?.toUpperCase());
    const message = `${feature.key} needs one of the units ${performanceUnits.join(', ')}`;
    if (!isKnown) report(one, 'RADL304', message);
  } else if (unit !== undefined) checkSizeUnit(one, unit);
}

function checkSizeUnit(one: Case, unit: string): void {
  if (bytesPerUnit(unit) === undefined) {
    const hint = `write one of ${sizeUnits.join(', ')}`;
    report(one, 'RADL304', `"${unit}" is no unit of size`, hint);
  } else if (one.checking.dialect === 'im' && unit.toUpperCase() === 'TI') {
    report(one, 'RADL304', `IM does not know the unit "${unit}"`, 'write TiB');
  }
}

function checkText(one: Case, text: string): void {
  const { checking, row, feature } = one;
  if (row.values !== undefined) checkChoice(one, text);
  if (row.format === undefined) return;
  const problem = checkFormat(row.format, text, checking);
  if (problem === undefined) return;
  const { code = 'RADL305', message, hint, isAcceptedByIm = false } = problem;
  const severity = isAcceptedByIm ? checking.severityOfSilence : 'error';
  checking.report({ code, severity, span: feature.span, message, hint });
}

function checkChoice(one: Case, text: string): void {
  const { checking, row, feature } = one;
  const values = row.values ?? [];
  if (values.includes(text)) return;
  const sameButForCase = values.find((value) => value.toLowerCase() === text.toLowerCase());
  if (sameButForCase !== undefined && row.isAnyCase === true) return;
  const message = `'${text}' is not one of ${values.map((value) => `'${value}'`).join(', ')}`;
  if (sameButForCase !== undefined) {
    // IM's check ignores the case, its use does not: 'YES' counts as 'no' there.
    const severity = checking.severityOfSilence;
    const hint = `write '${sameButForCase}'`;
    checking.report({ code: 'RADL305', severity, span: feature.span, message, hint });
    return;
  }
  report(one, 'RADL305', message, checking.nearest(text, values, "'"));
}

/** IM refuses what breaks a row it checks; what breaks another it takes in silence. */
function report(
  { checking, row, feature }: Case,
  code: DiagnosticCode,
  message: string,
  hint?: string,
): void {
  const severity = row.isCheckedByIm ? 'error' : checking.severityOfSilence;
  checking.report({ code, severity, span: feature.span, message, hint });
}
