import { type AliasRule, defaultAliasRules, properApplicationName } from './alias-rules.ts';
import { type AskedApplication, askedApplications } from './asked-applications.ts';
import { compareTexts, compareVersions } from './compare-versions.ts';
import { imPoints, imScoreOf } from './im-score.ts';
import { judgeRequirement } from './judge-requirement.ts';
import type { ImageMatch, ImageRequirements, Requirement, Verdict, Vmi } from './model.ts';
import { type Judgement, type Reading, readingsOf } from './reading.ts';

export type ScoreKind = 'weights' | 'im';

export interface MatchOptions {
  /** At most so many of the ranked; all of them without. */
  readonly limit?: number;
  /** VM managers by preference: decides between images that are otherwise as good. */
  readonly preferredVmms?: readonly string[];
  readonly rules?: readonly AliasRule[];
  /** What ranks first: `weights` of the soft requirements that hold, unless told, or `im`: see {@link imScore}. */
  readonly score?: ScoreKind;
}

/** The requirements with all that judging many images against them needs. */
export interface Question {
  readonly requirements: ImageRequirements;
  readonly rules: readonly AliasRule[];
  readonly preferredVmms: readonly string[];
  /** Proper names of all applications that are asked for, hard or soft, those inside `any` too. */
  readonly requestedNames: ReadonlySet<string>;
  readonly totalWeight: number;
  /** All applications that are asked for, where the score of the Infrastructure Manager ranks. */
  readonly imApplications?: readonly AskedApplication[];
  /** The hard requirements on applications without their versions: what a near miss may lack altogether. */
  readonly applicationsAtAll: readonly Requirement[];
}

/** An image judged against all requirements, with what its rank depends on. */
export interface Candidate {
  readonly match: ImageMatch;
  readonly failed: readonly Verdict[];
  readonly rank: Rank;
  /** Of a near miss: how many of the applications asked for it lacks in any version. */
  readonly absentCount: number;
}

export interface Rank {
  /** 0 where it does not rank. */
  readonly imScore: number;
  readonly score: number;
  /** Requirements met only by a stand-in. */
  readonly standInCount: number;
  readonly unrequestedCount: number;
  /** Place of its artifact's VM manager in the preferred order; after all of them when it is not there. */
  readonly vmmPlace: number;
}

export function questionOf(requirements: ImageRequirements, options: MatchOptions): Question {
  const rules = options.rules ?? defaultAliasRules;
  const applications = askedApplications(requirements);
  return {
    requirements,
    rules,
    preferredVmms: (options.preferredVmms ?? []).map((vmm) => vmm.toLowerCase()),
    requestedNames: new Set(applications.map(({ name }) => properApplicationName(rules, name))),
    totalWeight: requirements.soft.reduce((sum, { weight }) => sum + weight, 0),
    ...(options.score === 'im' ? { imApplications: applications } : {}),
    applicationsAtAll: requirements.hard.flatMap((requirement) =>
      requirement.kind === 'application' ? [{ kind: 'application', name: requirement.name }] : [],
    ),
  };
}

/** One operating system and one artifact answer all requirements on them: of the image's readings, the best. */
export function judgeImage(question: Question, vmi: Vmi): Candidate {
  const [first, ...others] = readingsOf(vmi);
  return others
    .map((reading) => judgeReading(question, reading))
    .reduce(
      (best, other) => (compareReadings(other, best) < 0 ? other : best),
      judgeReading(question, first),
    );
}

/** Negative: the left one shows the image in the better light. */
function compareReadings(left: Candidate, right: Candidate): number {
  return (
    left.failed.length - right.failed.length ||
    right.rank.score - left.rank.score ||
    left.rank.standInCount - right.rank.standInCount ||
    left.rank.vmmPlace - right.rank.vmmPlace
  );
}

export function judgeReading(question: Question, reading: Reading): Candidate {
  const judge = (requirement: Requirement): Judgement =>
    judgeRequirement(requirement, reading, question.rules);
  const { vmi, artifact } = reading;
  const hard = question.requirements.hard.map(judge);
  const soft = question.requirements.soft.map(({ weight, requirements }) => ({
    weight,
    judgements: requirements.map(judge),
  }));
  const score = soft
    .filter(({ judgements }) => judgements.every(({ holds }) => holds))
    .reduce((sum, { weight }) => sum + weight, 0);
  const imScore = imScoreIn(question, score, vmi);
  const judgements = [...hard, ...soft.flatMap((group) => group.judgements)];
  return {
    match: {
      vmi,
      ...(artifact === undefined ? {} : { artifact }),
      score,
      ...(imScore === undefined ? {} : { imScore }),
      share: question.totalWeight === 0 ? 1 : score / question.totalWeight,
      verdicts: judgements.map(verdictOf),
    },
    failed: hard.filter(({ holds }) => !holds).map(verdictOf),
    absentCount: question.applicationsAtAll.filter((requirement) => !judge(requirement).holds).length,
    rank: {
      imScore: imScore ?? 0,
      score,
      standInCount: judgements.filter(({ holds, needsStandIn }) => holds && needsStandIn).length,
      unrequestedCount: countUnrequested(question, vmi),
      vmmPlace: vmmPlace(question, artifact?.vmm),
    },
  };
}

function imScoreIn({ imApplications }: Question, score: number, { applications }: Vmi): number | undefined {
  return imApplications && imScoreOf(score, imPoints(imApplications, applications));
}

function verdictOf({ requirement, holds, because }: Judgement): Verdict {
  return { requirement, holds, because };
}

export function vmmPlace({ preferredVmms }: Question, vmm: string | undefined): number {
  const place = vmm === undefined ? -1 : preferredVmms.indexOf(vmm.toLowerCase());
  return place < 0 ? preferredVmms.length : place;
}

function countUnrequested({ rules, requestedNames }: Question, { applications }: Vmi): number {
  return applications.filter(
    ({ name, version }) => version !== undefined && !requestedNames.has(properApplicationName(rules, name)),
  ).length;
}

/** Negative: the left one ranks before. A total order over versions of images (CAT-06). */
export function compareCandidates(left: Candidate, right: Candidate): number {
  return compareRanks(left.rank, right.rank) || compareImages(left, right);
}

function compareRanks(left: Rank, right: Rank): number {
  return (
    right.imScore - left.imScore ||
    right.score - left.score ||
    left.standInCount - right.standInCount ||
    left.unrequestedCount - right.unrequestedCount
  );
}

function compareImages(left: Candidate, right: Candidate): number {
  const [a, b] = [left.match.vmi, right.match.vmi];
  return (
    compareVersions(b.operatingSystem.version, a.operatingSystem.version) ||
    compareTexts(b.createdAt ?? '', a.createdAt ?? '') ||
    left.rank.vmmPlace - right.rank.vmmPlace ||
    compareNames(a, b)
  );
}

type Named = Pick<Vmi, 'id' | 'name' | 'versionNumber'>;

/** What decides when nothing else does. */
export function compareNames(a: Named, b: Named): number {
  return (
    compareTexts(a.name, b.name) ||
    compareTexts(a.id, b.id) ||
    (b.versionNumber ?? 0) - (a.versionNumber ?? 0)
  );
}
