import { isVersionPrefix, versionComponents } from './compare-versions.ts';
import type { Operator, VersionScheme } from './model.ts';
import { compareInScheme } from './version-schemes.ts';

const holdsForOrder: Readonly<Record<Exclude<Operator, 'prefix'>, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Whether `actual operator wanted` holds in the scheme's order of versions; `>` and `<` are strict. */
export function versionHolds(
  actual: string,
  operator: Operator,
  wanted: string,
  scheme: VersionScheme = 'vmrc',
): boolean {
  if (operator === 'prefix') return isVersionPrefix(wanted, actual);
  return holdsForOrder[operator](compareInScheme[scheme](actual, wanted));
}

/**
 * As {@link versionHolds}, but without a scheme `=` and `!=` with a version that has no patch part speak of all its
 * patches: `= 4` holds for 4.2.1 and not for 40 (the paper's `version='4'`), `= 1.8.2` for nothing but 1.8.2.
 */
export function applicationVersionHolds(
  actual: string,
  operator: Operator,
  wanted: string,
  scheme?: VersionScheme,
): boolean {
  const namesNoPatch = scheme === undefined && versionComponents(wanted).length < 3;
  if (namesNoPatch && operator === '=') return isVersionPrefix(wanted, actual);
  if (namesNoPatch && operator === '!=') return !isVersionPrefix(wanted, actual);
  return versionHolds(actual, operator, wanted, scheme);
}

/** Case is ignored. Names have no order: `<`, `<=`, `>`, `>=` never hold. */
export function nameHolds(actual: string, operator: Operator, wanted: string): boolean {
  const left = actual.toLowerCase();
  const right = wanted.toLowerCase();
  if (operator === '=') return left === right;
  if (operator === '!=') return left !== right;
  return operator === 'prefix' && left.startsWith(right);
}

/** Of two numbers; a number has no prefix, so `prefix` is `=`. */
export function numberHolds(actual: number, operator: Operator, wanted: number): boolean {
  return holdsForOrder[operator === 'prefix' ? '=' : operator](actual - wanted);
}
