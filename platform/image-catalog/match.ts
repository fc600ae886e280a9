import { type AliasRule, defaultAliasRules, findAliasRule } from './alias-rules.ts';
import { compareTexts, compareVersions } from './compare-versions.ts';
import { judgeRequirement } from './judge-requirement.ts';
import { type Judgement, type Reading, readingsOf } from './reading.ts';
import type { ImageMatch, ImageRequirements, MatchResult, Requirement, Verdict, Vmi } from './model.ts';

/** An image judged against all requirements, with what its rank depends on. */
interface Candidate {
  readonly match: ImageMatch;
  readonly failed: readonly Verdict[];
  readonly standInCount: number;
  readonly unrequestedCount: number;
}

const nearMissCount = 3;

/**
 * The images that meet all hard requirements, best first (paper 4.1; CAT-06): the higher score, then fewer
 * requirements met only by a stand-in, fewer versioned applications that nobody asked for, the higher version of
 * the operating system, then name and id. The order of `vmis` plays no part. A soft group counts whole or not at all.
 */
export function matchImages(
  requirements: ImageRequirements,
  vmis: readonly Vmi[],
  rules: readonly AliasRule[] = defaultAliasRules,
): MatchResult {
  const candidates = vmis.map((vmi) => judgeImage(requirements, vmi, rules));
  const ranked = candidates.filter(({ failed }) => failed.length === 0).toSorted(compareCandidates);
  if (ranked.length > 0) return { ranked: ranked.map(({ match }) => match), nearMisses: [] };
  const nearest = candidates.toSorted(
    (left, right) => left.failed.length - right.failed.length || compareCandidates(left, right),
  );
  return {
    ranked: [],
    nearMisses: nearest.slice(0, nearMissCount).map(({ match, failed }) => ({ vmi: match.vmi, failed })),
  };
}

/** One operating system answers all requirements on it: of the image's own and those it stands in for, the best. */
function judgeImage(requirements: ImageRequirements, vmi: Vmi, rules: readonly AliasRule[]): Candidate {
  const judge = (reading: Reading): Candidate => judgeReading(requirements, reading, rules);
  const [own, ...others] = readingsOf(vmi);
  return others.map(judge).reduce((best, other) => (isBetterReading(other, best) ? other : best), judge(own));
}

function isBetterReading(left: Candidate, right: Candidate): boolean {
  if (left.failed.length !== right.failed.length) return left.failed.length < right.failed.length;
  return left.match.score > right.match.score;
}

function judgeReading(
  requirements: ImageRequirements,
  reading: Reading,
  rules: readonly AliasRule[],
): Candidate {
  const judge = (requirement: Requirement): Judgement => judgeRequirement(requirement, reading, rules);
  const hard = requirements.hard.map(judge);
  const soft = requirements.soft.map((group) => ({
    weight: group.weight,
    judgements: group.requirements.map(judge),
  }));
  const score = soft
    .filter(({ judgements }) => judgements.every(({ holds }) => holds))
    .reduce((sum, { weight }) => sum + weight, 0);
  const judgements = [...hard, ...soft.flatMap((group) => group.judgements)];
  return {
    match: { vmi: reading.vmi, score, verdicts: judgements.map(verdictOf) },
    failed: hard.filter(({ holds }) => !holds).map(verdictOf),
    standInCount: judgements.filter(({ holds, needsStandIn }) => holds && needsStandIn).length,
    unrequestedCount: countUnrequested(requirements, reading.vmi, rules),
  };
}

function verdictOf({ requirement, holds, because }: Judgement): Verdict {
  return { requirement, holds, because };
}

function countUnrequested(requirements: ImageRequirements, vmi: Vmi, rules: readonly AliasRule[]): number {
  const properName = (name: string): string =>
    findAliasRule(rules, 'application', name)?.names[0] ?? name.toLowerCase();
  const all = [...requirements.hard, ...requirements.soft.flatMap((group) => group.requirements)];
  const requested = new Set(
    all.flatMap((requirement) => (requirement.kind === 'application' ? [properName(requirement.name)] : [])),
  );
  return vmi.applications.filter(
    ({ name, version }) => version !== undefined && !requested.has(properName(name)),
  ).length;
}

function compareCandidates(left: Candidate, right: Candidate): number {
  const [a, b] = [left.match.vmi, right.match.vmi];
  return (
    right.match.score - left.match.score ||
    left.standInCount - right.standInCount ||
    left.unrequestedCount - right.unrequestedCount ||
    compareVersions(b.operatingSystem.version, a.operatingSystem.version) ||
    compareTexts(a.name, b.name) ||
    compareTexts(a.id, b.id)
  );
}
