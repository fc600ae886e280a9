import { type AliasRule, findAliasRule, isNameOf } from './alias-rules.ts';
import { isOperatingSystemKey, isSizeKey, sizeOf, textOf } from './attribute-of.ts';
import { describeOperatingSystem, describeRequirement } from './describe-requirement.ts';
import { describeStrictness, standFor } from './describe-verdict.ts';
import type { Requirement, Vmi } from './model.ts';
import { nameHolds, numberHolds, versionHolds } from './operator-holds.ts';
import { describeSize, parseSize } from './parse-size.ts';
import { type Judgement, type Reading, readingsOf } from './reading.ts';

export type AttributeRequirement = Extract<Requirement, { kind: 'attribute' }>;

export function judgeAttribute(
  requirement: AttributeRequirement,
  reading: Reading,
  rules: readonly AliasRule[],
): Judgement {
  const { key } = requirement;
  if (key === 'vmm') return judgeVmm(requirement, reading);
  if (isOperatingSystemKey(key)) {
    return judgeOperatingSystem(requirement, whatIsAsked(requirement, reading), rules);
  }
  if (isSizeKey(key)) return judgeSize(requirement, sizeOf[key](reading));
  return judgeText(requirement, textOf(key, reading), rules);
}

function judgeVmm(requirement: AttributeRequirement, { vmi, artifact }: Reading): Judgement {
  const { operator, value, places } = requirement;
  const isProduct = artifact === undefined ? operator === '!=' : nameHolds(artifact.vmm, operator, value);
  const holds = isProduct && isAtOneOf(places, artifact?.endpoint);
  const because = isProduct && !holds ? `it is at ${artifact?.endpoint ?? ''} only` : describeProducts(vmi);
  return { requirement, holds, because, needsStandIn: false };
}

/** What names no place is at each. */
function isAtOneOf(places: readonly string[] | undefined, endpoint: string | undefined): boolean {
  return places === undefined || endpoint === undefined || places.includes(endpoint.toLowerCase());
}

function describeProducts({ artifacts }: Vmi): string {
  const products = [...new Set(artifacts.map(({ vmm }) => vmm))];
  return products.length === 0 ? 'it is built for no VM manager' : `it is built for ${products.join(', ')}`;
}

function judgeSize(requirement: AttributeRequirement, actual: number | undefined): Judgement {
  const { key, operator, value } = requirement;
  const wanted = parseSize(value);
  const failed = { requirement, holds: false, needsStandIn: false };
  if (wanted === undefined) return { ...failed, because: `'${value}' is not a size, such as 512MiB or 2 GB` };
  if (actual === undefined) return { ...failed, because: `its ${key} is not known` };
  const holds = numberHolds(actual, operator, wanted);
  const because = sentence(describeSize(actual), holds, requirement);
  return { requirement, holds, because, needsStandIn: false };
}

function judgeText(
  requirement: AttributeRequirement,
  actual: string | undefined,
  rules: readonly AliasRule[],
): Judgement {
  if (actual !== undefined) return judgeName(requirement, actual, rules);
  const holds = requirement.operator === '!=';
  return { requirement, holds, because: `it has no ${requirement.key}`, needsStandIn: false };
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
    const { operator, value, scheme } = requirement;
    const holds = versionHolds(operatingSystem.version, operator, value, scheme);
    const because =
      sentence(shown, holds, requirement) + describeStrictness(requirement, operatingSystem.version);
    return standFor({ requirement, holds, because }, standIn);
  }
  const field = requirement.key === 'os.name' ? 'name' : 'flavour';
  const judged = judgeName(requirement, operatingSystem[field], rules, field === 'name' ? undefined : shown);
  const isItsOwn = nameHolds(vmi.operatingSystem[field], '=', operatingSystem[field]);
  return isItsOwn ? judged : standFor(judged, standIn);
}

function sentence(actual: string, holds: boolean, requirement: AttributeRequirement): string {
  return `${actual} ${holds ? 'matches' : 'does not match'} ${describeRequirement(requirement)}`;
}
