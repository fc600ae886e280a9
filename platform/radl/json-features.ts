import type { Comparison, Feature, Value } from './model.ts';
import { bytesPerUnit } from './quantities.ts';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

type Comparing = Extract<Feature, { readonly kind: 'comparison' }>;

/** Members that are not features: a feature of that name goes into `extra`. */
export const reservedMembers: ReadonlySet<string> = new Set(['class', 'id', 'reference', 'softs', 'extra']);

const suffixes: Readonly<Record<Comparison, string>> = {
  '=': '',
  '>': '_min',
  '>=': '_min',
  '<': '_max',
  '<=': '_max',
};

/**
 * Features as IM's JSON has them: flat, `key_min` and `key_max` for bounds, sizes in bytes, a list of objects for
 * `contains`, `softs`. What that shape loses is in `extra`, when `hasExtra`:
 * - `spelling`: for a member, the operator (`>`), number and unit as written; it counts as long as the member still
 *   has the value it stands for
 * - `features`: those with no place of their own, as `{ key, operator, value, unit }` or `{ key, contains }`
 */
export function encodeFeatures(features: readonly Feature[], hasExtra: boolean): JsonObject {
  const softs = features.filter((feature) => feature.kind === 'soft');
  const groups = softs.map(({ weight, features: inner }) => ({
    weight,
    items: encodeFeatures(inner, hasExtra),
  }));
  const { members, extra } = encodeKeyed(features, hasExtra);
  const hasSomeExtra = hasExtra && Object.keys(extra).length > 0;
  return { ...members, ...(softs.length === 0 ? {} : { softs: groups }), ...(hasSomeExtra ? { extra } : {}) };
}

function encodeKeyed(
  features: readonly Feature[],
  hasExtra: boolean,
): { readonly members: JsonObject; readonly extra: JsonObject } {
  const members = new Map<string, JsonValue>();
  const spelling = new Map<string, JsonValue>();
  const others: JsonValue[] = [];
  const contains = features.filter((feature) => feature.kind === 'contains');
  for (const [key, group] of Map.groupBy(contains, (each) => each.key)) {
    const list = group.map((each) => encodeFeatures(each.features, hasExtra));
    if (isFree(key)) members.set(key, list);
    else others.push({ key, contains: list });
  }
  for (const feature of features.filter((each) => each.kind === 'comparison')) {
    const { key, value } = feature;
    const member = key + suffixes[feature.operator];
    const flat = flatValue(value);
    if (flat === undefined || !isFree(key) || members.has(member)) others.push(encodeComparison(feature));
    else {
      members.set(member, flat);
      const written = spellingOf(feature);
      if (Object.keys(written).length > 0) spelling.set(member, written);
    }
  }
  return {
    members: Object.fromEntries(members),
    extra: {
      ...(spelling.size === 0 ? {} : { spelling: Object.fromEntries(spelling) }),
      ...(others.length === 0 ? {} : { features: others }),
    },
  };
}

/** Read back, `x_min = 1` would be `x >= 1`. */
function isFree(key: string): boolean {
  return !reservedMembers.has(key) && !/_(?:min|max)$/.test(key);
}

function flatValue(value: Value): JsonValue | undefined {
  if (value.kind === 'text') return value.text;
  if (value.kind === 'list') return value.texts;
  const flat = inBaseUnit(value.value, value.unit);
  return Number.isFinite(flat) ? flat : undefined;
}

/** Whole bytes for a size, the number itself for what has no unit or another. */
export function inBaseUnit(value: number, unit: string | undefined): number {
  const factor = unit === undefined ? undefined : bytesPerUnit(unit);
  return factor === undefined ? value : Math.round(value * factor);
}

/** What the flat member does not say of a comparison. */
function spellingOf({ operator, value }: Comparing): JsonObject {
  const strict = operator === '<' || operator === '>' ? { operator } : {};
  if (value.kind !== 'number') return strict;
  const written = value.unit === undefined ? {} : { value: value.value };
  return { ...strict, ...written, ...marksOf(value) };
}

function encodeComparison({ key, operator, value }: Comparing): JsonValue {
  if (value.kind === 'text') return { key, operator, value: value.text };
  if (value.kind === 'list') return { key, operator, value: value.texts };
  return { key, operator, value: value.value, ...marksOf(value) };
}

function marksOf({ unit, hasPoint }: Extract<Value, { readonly kind: 'number' }>): JsonObject {
  return {
    ...(unit === undefined ? {} : { unit }),
    ...(hasPoint === true ? { hasPoint } : {}),
  };
}
