import { type AliasRule, findAliasRule, isNameOf } from './alias-rules.ts';
import type { AskedApplication } from './asked-applications.ts';
import { describeWantedVersion } from './describe-requirement.ts';
import { describeStrictness, standFor } from './describe-verdict.ts';
import type { Application, Verdict, Vmi } from './model.ts';
import { applicationVersionHolds, nameHolds } from './operator-holds.ts';
import type { Judgement } from './reading.ts';

/** The applications of that name that are in the image, then those that something in it stands in for. */
export function judgeApplication(
  requirement: AskedApplication,
  vmi: Pick<Vmi, 'applications' | 'standIns'>,
  rules: readonly AliasRule[],
): Judgement {
  const rule = findAliasRule(rules, 'application', requirement.name);
  const hasName = (application: Application): boolean =>
    nameHolds(application.name, '=', requirement.name) || isNameOf(rule, application.name);
  const installed = vmi.applications
    .filter(hasName)
    .map((application) => standFor(judgeOne(requirement, application, rule), undefined));
  const stoodFor = vmi.standIns.flatMap((standIn) =>
    standIn.for.kind === 'application' && hasName(standIn.for.application)
      ? [standFor(judgeOne(requirement, standIn.for.application, rule), standIn)]
      : [],
  );
  const candidates = [...installed, ...stoodFor];
  const absent = { requirement, holds: false, because: `it has no ${requirement.name}`, needsStandIn: false };
  return candidates.find((candidate) => candidate.holds) ?? candidates[0] ?? absent;
}

function judgeOne(
  requirement: AskedApplication,
  application: Application,
  rule: AliasRule | undefined,
): Verdict {
  const versioned = judgeVersion(requirement, application, rule);
  const { path } = requirement;
  if (path === undefined || path === application.path) return versioned;
  const place = application.path === undefined ? 'it does not say where' : `it is in ${application.path}`;
  return { requirement, holds: false, because: `${application.name} is there, but ${place}, not in ${path}` };
}

function judgeVersion(
  requirement: AskedApplication,
  application: Application,
  rule: AliasRule | undefined,
): Verdict {
  if (requirement.version === undefined) {
    const shown = application.version === undefined ? '' : ` ${application.version}`;
    return { requirement, holds: true, because: `${application.name}${shown} is there` };
  }
  if (application.version === undefined) {
    const because = `${application.name} is there, but its version is not known`;
    return { requirement, holds: false, because };
  }
  const normalize = rule?.normalizeVersion ?? ((version: string): string => version);
  const [actual, wanted] = [normalize(application.version), normalize(requirement.version)];
  const { operator = '=', scheme } = requirement;
  const holds = applicationVersionHolds(actual, operator, wanted, scheme);
  const verb = holds ? 'matches' : 'does not match';
  const because =
    `${application.name} ${application.version} ${verb} ${describeWantedVersion(requirement)}` +
    describeStrictness({ operator, value: wanted }, actual) +
    describeSpelling(rule, requirement.version, wanted) +
    describeSpelling(rule, application.version, actual);
  return { requirement, holds, because };
}

function describeSpelling(rule: AliasRule | undefined, written: string, normalized: string): string {
  return rule === undefined || written === normalized ? '' : ` (${rule.title}: ${written} is ${normalized})`;
}
