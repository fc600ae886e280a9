import type { Requirement } from '../model.ts';
import {
  type AttributeType,
  applicationsKey,
  findAttribute,
  hintForKey,
  ignoredKeys,
  normalizeKey,
} from './attribute-keys.ts';
import { readSize } from './read-size.ts';
import type { Comparison, Condition, Contains } from './read-statements.ts';
import type { LineProblem } from './vmrc-diagnostic.ts';

export type Report = (problem: LineProblem) => void;

/** What a condition asks; all of it must hold. Nothing where it has an error, which is reported. */
export function requirementsOfCondition(condition: Condition, report: Report): readonly Requirement[] {
  return condition.kind === 'contains'
    ? applicationRequirements(condition, report)
    : attributeRequirement(condition, report);
}

function attributeRequirement(comparison: Comparison, report: Report): readonly Requirement[] {
  const { column, operator } = comparison;
  const written = normalizeKey(comparison.key);
  const ignored = ignoredKeys.get(written);
  if (ignored !== undefined) {
    report({ column, message: ignored, severity: 'warning' });
    return [];
  }
  const attribute = findAttribute(written);
  if (attribute === undefined) {
    report({ column, message: `unknown attribute ${comparison.key}`, hint: hintForKey(written) });
    return [];
  }
  const { key, type } = attribute;
  const hasOrder = checkOperator(comparison, type, report);
  const values = type === 'size' ? readSizes(comparison, report) : comparison.values;
  if (!hasOrder || values === undefined) return [];
  return [anyOf(values.map((value) => ({ kind: 'attribute', key, operator, value })))];
}

function checkOperator({ operator, column, key }: Comparison, type: AttributeType, report: Report): boolean {
  if (type === 'size' && operator === 'prefix') {
    report({ column, message: `${key} is a size, and ~ compares text`, hint: 'write >= or <=' });
    return false;
  }
  if (type === 'text' && /[<>]/.test(operator)) {
    const message = `${key} has no order, so ${operator} never holds`;
    report({ column, message, hint: 'write = or ~', severity: 'warning' });
  }
  return true;
}

function readSizes({ values, column }: Comparison, report: Report): readonly string[] | undefined {
  const sizes = values.map((value) => readSize(value));
  const wrong = values.find((_, index) => sizes[index] === undefined);
  if (wrong !== undefined) {
    report({
      column,
      message: `'${wrong}' is no size`,
      hint: 'write 5000MB, 5 GB or 10GiB; MB without a unit',
    });
    return undefined;
  }
  return sizes.filter((size) => size !== undefined);
}

function applicationRequirements(contains: Contains, report: Report): readonly Requirement[] {
  const { column, fields } = contains;
  if (normalizeKey(contains.key) !== applicationsKey) {
    report({ column, message: `${contains.key} contains nothing`, hint: hintForKey(applicationsKey) });
    return [];
  }
  const hasUnknown = reportUnknownFields(fields, report);
  const name = textField('name', contains, report);
  const path = textField('path', contains, report);
  if (name === undefined) report({ column, message: 'the application has no name', hint: 'add name = ant' });
  if (hasUnknown || name === undefined || name === 'wrong' || path === 'wrong') return [];
  const asked = { kind: 'application', name: name.text, ...(path && { path: path.text }) } as const;
  const versions = fields.filter(({ key }) => key.toLowerCase() === 'version');
  if (versions.length === 0) return [asked];
  return versions.map(({ operator, values }) =>
    anyOf(values.map((version) => ({ ...asked, operator, version }))),
  );
}

function reportUnknownFields(fields: readonly Comparison[], report: Report): boolean {
  const unknown = fields.filter(({ key }) => !/^(?:name|version|path)$/i.test(key));
  const hint = 'an application has name, version and path';
  for (const { column, key } of unknown) report({ column, message: `unknown attribute ${key}`, hint });
  return unknown.length > 0;
}

function textField(
  name: 'name' | 'path',
  { fields }: Contains,
  report: Report,
): { readonly text: string } | 'wrong' | undefined {
  const [first, second] = fields.filter(({ key }) => key.toLowerCase() === name);
  if (second !== undefined) {
    report({ column: second.column, message: `${name} is given twice`, hint: 'keep one of them' });
    return 'wrong';
  }
  if (first === undefined) return undefined;
  const [text, ...others] = first.values;
  if (first.operator === '=' && text !== undefined && others.length === 0) return { text };
  report({ column: first.column, message: `${name} takes = and one value` });
  return 'wrong';
}

/** `in (x)` asks the same as `= x`. */
function anyOf(of: readonly Requirement[]): Requirement {
  const [only, ...others] = of;
  return only !== undefined && others.length === 0 ? only : { kind: 'any', of };
}
