import { compareDigits, compareTexts, compareVersions } from './compare-versions.ts';
import type { VersionScheme } from './model.ts';

type Order = -1 | 0 | 1;

/** The order of two versions in that scheme. Each is total: what a scheme does not define is ordered all the same. */
export const compareInScheme: Readonly<Record<VersionScheme, (left: string, right: string) => Order>> = {
  vmrc: compareVersions,
  deb: compareDebVersions,
  rpm: compareRpmVersions,
  semver: compareSemver,
};

/** Debian Policy 5.6.12: epoch, upstream version, revision; `~` sorts before everything, even the end. */
function compareDebVersions(left: string, right: string): Order {
  const [a, b] = [debParts(left), debParts(right)];
  return (
    compareDigits(a.epoch, b.epoch) ||
    compareDebPart(a.upstream, b.upstream) ||
    compareDebPart(a.revision, b.revision)
  );
}

function debParts(version: string): {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
} {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(version) ?? [];
  const hyphen = rest.lastIndexOf('-');
  if (hyphen < 0) return { epoch, upstream: rest, revision: '0' };
  return { epoch, upstream: rest.slice(0, hyphen), revision: rest.slice(hyphen + 1) };
}

/** By turns a run of what is no digit and a run of digits. */
function compareDebPart(left: string, right: string): Order {
  const runs = (text: string): readonly string[] => text.split(/(\d+)/);
  const [lefts, rights] = [runs(left), runs(right)];
  for (let index = 0; index < Math.max(lefts.length, rights.length); index++) {
    const [a, b] = [lefts[index] ?? '', rights[index] ?? ''];
    const order = index % 2 === 1 ? compareDigits(a, b) : compareDebText(a, b);
    if (order !== 0) return order;
  }
  return 0;
}

function compareDebText(left: string, right: string): Order {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = sign(debWeight(left[index]) - debWeight(right[index]));
    if (order !== 0) return order;
  }
  return 0;
}

/** `~`, then the end, then letters, then everything else. */
function debWeight(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  const code = character.charCodeAt(0);
  return /[a-z]/i.test(character) ? code : code + 0x10000;
}

/** RPM's rpmvercmp on epoch, version, release: `~` sorts before the end, `^` after it but before more. */
function compareRpmVersions(left: string, right: string): Order {
  const [a, b] = [debParts(left), debParts(right)];
  const hasReleases = left.includes('-') && right.includes('-');
  return (
    compareDigits(a.epoch, b.epoch) ||
    compareRpmPart(a.upstream, b.upstream) ||
    (hasReleases ? compareRpmPart(a.revision, b.revision) : 0)
  );
}

function compareRpmPart(left: string, right: string): Order {
  const segments = (text: string): readonly string[] => text.match(/\d+|[a-z]+|[~^]/gi) ?? [];
  const [lefts, rights] = [segments(left), segments(right)];
  for (let index = 0; index < Math.max(lefts.length, rights.length); index++) {
    const order = compareRpmSegments(lefts[index], rights[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareRpmSegments(left: string | undefined, right: string | undefined): Order {
  const order = sign(rpmClass(left) - rpmClass(right));
  if (order !== 0 || left === undefined || right === undefined) return order;
  return /^\d/.test(left) ? compareDigits(left, right) : compareTexts(left, right);
}

/** `~`, the end, `^`, words, numbers. */
function rpmClass(segment: string | undefined): number {
  if (segment === undefined) return 1;
  if (segment === '~') return 0;
  if (segment === '^') return 2;
  return /^\d/.test(segment) ? 4 : 3;
}

/** semver.org 2.0.0, section 11; a pre-release comes before its release, build metadata plays no part. */
function compareSemver(left: string, right: string): Order {
  const [a, b] = [semverParts(left), semverParts(right)];
  for (let index = 0; index < Math.max(a.core.length, b.core.length); index++) {
    const order = compareSemverIdentifiers(a.core[index] ?? '0', b.core[index] ?? '0');
    if (order !== 0) return order;
  }
  if (a.preRelease.length === 0 || b.preRelease.length === 0) {
    return sign(Number(b.preRelease.length > 0) - Number(a.preRelease.length > 0));
  }
  for (const [index, identifier] of a.preRelease.entries()) {
    const other = b.preRelease[index];
    const order = other === undefined ? 1 : compareSemverIdentifiers(identifier, other);
    if (order !== 0) return order;
  }
  return sign(a.preRelease.length - b.preRelease.length);
}

function semverParts(version: string): {
  readonly core: readonly string[];
  readonly preRelease: readonly string[];
} {
  const [, core = '', preRelease] = /^v?([^-+]*)(?:-([^+]*))?/.exec(version) ?? [];
  return { core: core.split('.'), preRelease: preRelease === undefined ? [] : preRelease.split('.') };
}

function compareSemverIdentifiers(left: string, right: string): Order {
  const [isLeftNumber, isRightNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (isLeftNumber && isRightNumber) return compareDigits(left, right);
  if (isLeftNumber !== isRightNumber) return isLeftNumber ? -1 : 1;
  return compareTexts(left, right);
}

function sign(difference: number): Order {
  if (difference === 0) return 0;
  return difference < 0 ? -1 : 1;
}
