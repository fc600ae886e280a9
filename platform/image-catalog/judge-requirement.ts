import { type AliasRule, findAliasRule } from './alias-rules.ts';
import { describeOperatingSystem, describeRequirement } from './describe-requirement.ts';
import type { Application, OperatingSystem, Operator, Requirement, StandIn, Verdict, Vmi } from './model.ts';
import { applicationVersionHolds, nameHolds, versionHolds } from './operator-holds.ts';

/** An image seen as having one operating system: its own, or the one that it stands in for. */
export interface Reading {
  readonly vmi: Vmi;
  readonly operatingSystem: OperatingSystem;
  readonly standIn?: StandIn;
}

export interface Judgement extends Verdict {
  readonly needsStandIn: boolean;
}

type AttributeRequirement = Extract<Requirement, { kind: 'attribute' }>;
type ApplicationRequirement = Extract<Requirement, { kind: 'application' }>;

/** The image as it is, then once for every operating system that it stands in for. */
export function readingsOf(vmi: Vmi): readonly [Reading, ...Reading[]] {
  const others = vmi.standIns.flatMap((standIn) =>
    standIn.for.kind === 'os' ? [{ vmi, operatingSystem: standIn.for.operatingSystem, standIn }] : [],
  );
  return [{ vmi, operatingSystem: vmi.operatingSystem }, ...others];
}

export function judgeRequirement(
  requirement: Requirement,
  reading: Reading,
  rules: readonly AliasRule[],
): Judgement {
  if (requirement.kind === 'application') return judgeApplication(requirement, reading.vmi, rules);
  if (requirement.key === 'vmm') return judgeVmm(requirement, reading.vmi);
  if (requirement.key === 'architecture') return judgeName(requirement, reading.vmi.architecture, rules);
  return judgeOperatingSystem(requirement, whatIsAsked(requirement, reading), rules);
}

function judgeVmm(requirement: AttributeRequirement, vmi: Vmi): Judgement {
  const products = vmi.artifacts.map((artifact) => artifact.vmm);
  const { operator, value } = requirement;
  const holds =
    operator === '!='
      ? products.every((product) => nameHolds(product, '!=', value))
      : products.some((product) => nameHolds(product, operator, value));
  return { requirement, holds, because: describeProducts(products), needsStandIn: false };
}

function describeProducts(products: readonly string[]): string {
  return products.length === 0 ? 'it is built for no VM manager' : `it is built for ${products.join(', ')}`;
}

function judgeName(
  requirement: AttributeRequirement,
  actual: string,
  rules: readonly AliasRule[],
  shown = actual,
): Judgement {
  const { key, operator, value } = requirement;
  const rule = key === 'architecture' || key === 'os.flavour' ? findAliasRule(rules, key, value) : undefined;
  const isSpelledOtherwise = !nameHolds(actual, '=', value) && isNameOf(rule, actual);
  const holds = nameHolds(isSpelledOtherwise ? value : actual, operator, value);
  const because = sentence(shown, holds, requirement);
  return {
    requirement,
    holds,
    because:
      isSpelledOtherwise && rule !== undefined
        ? `${because} (${rule.title}: ${value} is ${actual})`
        : because,
    needsStandIn: false,
  };
}

/** A stand-in never answers an exclusion: an image made from Debian is refused by `os.flavour != Debian`. */
function whatIsAsked(requirement: AttributeRequirement, reading: Reading): Reading {
  return requirement.operator === '!=' ? readingsOf(reading.vmi)[0] : reading;
}

function judgeOperatingSystem(
  requirement: AttributeRequirement,
  reading: Reading,
  rules: readonly AliasRule[],
): Judgement {
  const { operatingSystem, standIn, vmi } = reading;
  const shown = describeOperatingSystem(operatingSystem);
  if (requirement.key === 'os.version') {
    const holds = versionHolds(operatingSystem.version, requirement.operator, requirement.value);
    const because = sentence(shown, holds, requirement) + strictness(requirement, operatingSystem.version);
    return withStandIn({ requirement, holds, because }, standIn);
  }
  const field = requirement.key === 'os.name' ? 'name' : 'flavour';
  const judged = judgeName(requirement, operatingSystem[field], rules, field === 'name' ? undefined : shown);
  const isItsOwn = nameHolds(vmi.operatingSystem[field], '=', operatingSystem[field]);
  return isItsOwn ? judged : withStandIn(judged, standIn);
}

/** The applications of that name that are in the image, then those that something in it stands in for. */
function judgeApplication(
  requirement: ApplicationRequirement,
  vmi: Vmi,
  rules: readonly AliasRule[],
): Judgement {
  const rule = findAliasRule(rules, 'application', requirement.name);
  const hasName = (application: Application): boolean =>
    nameHolds(application.name, '=', requirement.name) || isNameOf(rule, application.name);
  const installed = vmi.applications
    .filter(hasName)
    .map((application) => withStandIn(judgeOneApplication(requirement, application, rule), undefined));
  const stoodFor = vmi.standIns.flatMap((standIn) =>
    standIn.for.kind === 'application' && hasName(standIn.for.application)
      ? [withStandIn(judgeOneApplication(requirement, standIn.for.application, rule), standIn)]
      : [],
  );
  const candidates = [...installed, ...stoodFor];
  const absent = { requirement, holds: false, because: `it has no ${requirement.name}`, needsStandIn: false };
  return candidates.find((candidate) => candidate.holds) ?? candidates[0] ?? absent;
}

function judgeOneApplication(
  requirement: ApplicationRequirement,
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
  const operator = requirement.operator ?? '=';
  const holds = applicationVersionHolds(actual, operator, wanted);
  const because =
    sentence(`${application.name} ${application.version}`, holds, requirement) +
    strictness({ operator, value: wanted }, actual) +
    spelling(rule, requirement.version, wanted) +
    spelling(rule, application.version, actual);
  return { requirement, holds, because };
}

function isNameOf(rule: AliasRule | undefined, name: string): boolean {
  return rule !== undefined && rule.names.some((known) => nameHolds(known, '=', name));
}

function sentence(actual: string, holds: boolean, requirement: Requirement): string {
  const wanted =
    requirement.kind === 'attribute'
      ? describeRequirement(requirement)
      : `${requirement.operator ?? '='} ${requirement.version}`;
  return `${actual} ${holds ? 'matches' : 'does not match'} ${wanted}`;
}

/** Why the bound itself does not meet `>` or `<`, for those who meant `>=` or `<=`. */
function strictness(wanted: { readonly operator: Operator; readonly value: string }, actual: string): string {
  const isStrict = wanted.operator === '>' || wanted.operator === '<';
  if (!isStrict || !versionHolds(actual, '=', wanted.value)) return '';
  return `: ${wanted.operator} is strict, ${wanted.operator}= would match`;
}

function spelling(rule: AliasRule | undefined, written: string, normalized: string): string {
  return rule === undefined || written === normalized ? '' : ` (${rule.title}: ${written} is ${normalized})`;
}

function withStandIn(verdict: Verdict, standIn: StandIn | undefined): Judgement {
  if (standIn === undefined) return { ...verdict, needsStandIn: false };
  return { ...verdict, because: `${verdict.because} (stood for by ${standIn.by})`, needsStandIn: true };
}
