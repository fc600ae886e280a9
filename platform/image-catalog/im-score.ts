import { compareVersions } from './compare-versions.ts';
import type { Application, ImageMatch, ImageRequirements, Requirement } from './model.ts';

type AskedApplication = Extract<Requirement, { kind: 'application' }>;

/**
 * How the Infrastructure Manager ranks an image that meets all hard requirements (CAT-08; spec image-catalog,
 * section 8): 10000 S + 100 have - extra - older. S: the sum of the soft weights that hold, `match.score`;
 * have: pairs of an asked and an installed application that is as new or newer; extra: installed ones with a version
 * that nobody asked for; older: installed ones older than asked. Names are compared exactly, as it compares them.
 * A version that is not known is neither newer nor older.
 */
export function imScore(requirements: ImageRequirements, match: ImageMatch): number {
  const asked = [...requirements.hard, ...requirements.soft.flatMap((group) => group.requirements)].flatMap(
    askedApplications,
  );
  const installed = match.vmi.applications;
  const have = asked.flatMap((one) => installed.filter((other) => isNewEnough(other, one))).length;
  const extra = installed.filter(
    ({ name, version }) => version !== undefined && asked.every((one) => one.name !== name),
  ).length;
  const older = installed.filter((other) => asked.some((one) => isOlder(other, one))).length;
  return 10_000 * match.score + 100 * have - extra - older;
}

function askedApplications(requirement: Requirement): readonly AskedApplication[] {
  if (requirement.kind === 'any') return requirement.of.flatMap(askedApplications);
  return requirement.kind === 'application' ? [requirement] : [];
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
