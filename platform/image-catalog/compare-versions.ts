/**
 * The components of a version: runs of letters and digits, case ignored. `1.6.0_35` has four.
 */
export function versionComponents(version: string): readonly string[] {
  return version.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

/**
 * The catalog's order of versions (spec image-catalog, section 4): component by component; a number before a word,
 * numbers by value, then by text (so 5.07 < 5.7); whichever runs out first is smaller.
 * A suffix is only one more component, so it sorts after what it is added to: builds come out right
 * (1.6.0_07 < 1.6.0_07-b06) and a pre-release counts as later than its release (8.4 < 8.4-rc1).
 */
export function compareVersions(left: string, right: string): -1 | 0 | 1 {
  const lefts = versionComponents(left);
  const rights = versionComponents(right);
  for (const [index, component] of lefts.entries()) {
    const other = rights[index];
    if (other === undefined) return 1;
    const order = compareComponents(component, other);
    if (order !== 0) return order;
  }
  return lefts.length < rights.length ? -1 : 0;
}

/** `4` is a prefix of `4.2.1`, not of `40`: whole components are compared. */
export function isVersionPrefix(prefix: string, version: string): boolean {
  const components = versionComponents(version);
  return versionComponents(prefix).every((component, index) => component === components[index]);
}

/** Words sort after every number. */
function compareComponents(left: string, right: string): -1 | 0 | 1 {
  const [isLeftNumber, isRightNumber] = [isNumber(left), isNumber(right)];
  if (isLeftNumber !== isRightNumber) return isLeftNumber ? -1 : 1;
  return (isLeftNumber ? compareDigits(left, right) : 0) || compareTexts(left, right);
}

function isNumber(component: string): boolean {
  return /^\d+$/.test(component);
}

/** By value, of any length: dates with a time are versions too. */
export function compareDigits(left: string, right: string): -1 | 0 | 1 {
  const [a, b] = [left.replace(/^0+/, ''), right.replace(/^0+/, '')];
  if (a.length !== b.length) return a.length < b.length ? -1 : 1;
  return compareTexts(a, b);
}

/** By UTF-16 code units, so that the order is the same in every locale. */
export function compareTexts(left: string, right: string): -1 | 0 | 1 {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
