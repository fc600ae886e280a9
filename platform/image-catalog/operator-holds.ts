import { compareVersions, isVersionPrefix, versionComponents } from './compare-versions.ts';
import type { Operator } from './model.ts';

const holdsForOrder: Readonly<Record<Exclude<Operator, 'prefix'>, (order: -1 | 0 | 1) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Whether `actual operator wanted` holds in the order of versions; `>` and `<` are strict. */
export function versionHolds(actual: string, operator: Operator, wanted: string): boolean {
  if (operator === 'prefix') return isVersionPrefix(wanted, actual);
  return holdsForOrder[operator](compareVersions(actual, wanted));
}

/**
 * As {@link versionHolds}, but `=` and `!=` with a version that has no patch part speak of all its patches:
 * `= 4` holds for 4.2.1 and not for 40 (the paper's `version='4'`), `= 1.8.2` for nothing but 1.8.2.
 */
export function applicationVersionHolds(actual: string, operator: Operator, wanted: string): boolean {
  const namesNoPatch = versionComponents(wanted).length < 3;
  if (namesNoPatch && operator === '=') return isVersionPrefix(wanted, actual);
  if (namesNoPatch && operator === '!=') return !isVersionPrefix(wanted, actual);
  return versionHolds(actual, operator, wanted);
}

/** Case is ignored. Names have no order: `<`, `<=`, `>`, `>=` never hold. */
export function nameHolds(actual: string, operator: Operator, wanted: string): boolean {
  const left = actual.toLowerCase();
  const right = wanted.toLowerCase();
  if (operator === '=') return left === right;
  if (operator === '!=') return left !== right;
  return operator === 'prefix' && left.startsWith(right);
}
