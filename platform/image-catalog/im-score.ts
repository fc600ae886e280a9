import { type AskedApplication, askedApplications } from './asked-applications.ts';
import { compareVersions } from './compare-versions.ts';
import type { Application, ImageMatch, ImageRequirements } from './model.ts';

/**
 * How the Infrastructure Manager ranks an image that meets all hard requirements (CAT-08; spec image-catalog,
 * section 8): 10000 S + 100 have - extra - older. S: the sum of the soft weights that hold, `match.score`;
 * have: pairs of an asked and an installed application that is as new or newer; extra: installed ones with a version
 * that nobody asked for; older: installed ones older than asked. Names are compared exactly, as it compares them.
 * A version that is not known is neither newer nor older.
 */
export function imScore(requirements: ImageRequirements, { score, vmi }: ImageMatch): number {
  return imScoreOf(score, imPoints(askedApplications(requirements), vmi.applications));
}

export function imScoreOf(weights: number, points: number): number {
  return 10_000 * weights + points;
}

/** What the installed applications add: 100 have - extra - older. A sum over their names. */
export function imPoints(asked: readonly AskedApplication[], installed: readonly Application[]): number {
  const have = asked.flatMap((one) => installed.filter((other) => isNewEnough(other, one))).length;
  const extra = installed.filter(
    ({ name, version }) => version !== undefined && asked.every((one) => one.name !== name),
  ).length;
  const older = installed.filter((other) => asked.some((one) => isOlder(other, one))).length;
  return 100 * have - extra - older;
}

function isNewEnough(installed: Application, asked: AskedApplication): boolean {
  if (installed.name !== asked.name) return false;
  if (asked.version === undefined) return true;
  return installed.version !== undefined && compareVersions(installed.version, asked.version) >= 0;
}

function isOlder(installed: Application, asked: AskedApplication): boolean {
  if (installed.name !== asked.name || installed.version === undefined || asked.version === undefined) {
    return false;
  }
  return compareVersions(installed.version, asked.version) < 0;
}
