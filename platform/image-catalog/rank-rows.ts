import type { CatalogRows } from './catalog-rows.ts';
import { compareTexts } from './compare-versions.ts';
import { imPoints, imScoreOf } from './im-score.ts';
import { type Question, compareNames } from './judge-image.ts';
import { judgeRows } from './judge-rows.ts';
import { type ScoredRows, at, bestOfEach, countFailed, feasibleRows, scoreRows } from './score-rows.ts';
import { selectBest } from './select-best.ts';

export interface RankedRows {
  readonly isFeasible: boolean;
  /** Best first. */
  readonly rows: readonly number[];
}

/**
 * Of the offered rows the best `limit` that meet all hard requirements, one an image; where none does, the nearest
 * `nearMissCount`. The same answer as judging every image, in a fraction of the time.
 */
export function rankRows(
  question: Question,
  catalog: CatalogRows,
  choice: { readonly offered: Uint32Array; readonly limit: number; readonly nearMissCount: number },
): RankedRows {
  const { requirements } = question;
  const hard = requirements.hard.map((requirement) => judgeRows(requirement, catalog));
  const soft = requirements.soft.map(({ weight, requirements: group }) => ({
    weight,
    verdicts: group.map((requirement) => judgeRows(requirement, catalog)),
  }));
  const feasible = feasibleRows(choice.offered, hard);
  const isFeasible = feasible.length > 0;
  const rows = isFeasible ? feasible : nearestRows(choice, countFailed(choice.offered, hard), catalog);
  const scored = scoreRows(rows, { hard, soft }, { question, catalog });
  const others = catalog.countOthers(question.requestedNames);
  const compare = comparing(scored, catalog, {
    others,
    imScore: imScores(scored, others, { question, catalog }),
    absent: isFeasible ? none : countAbsent(rows, question, catalog),
  });
  const count = isFeasible ? choice.limit : choice.nearMissCount;
  const best = selectBest(bestOfEach(scored, catalog), count, compare);
  return { isFeasible, rows: best.map((index) => rows[index] ?? 0) };
}

/** Rows that fail so little that `nearMissCount` images, or all there are, come from them. */
function nearestRows(
  { offered, nearMissCount }: { readonly offered: Uint32Array; readonly nearMissCount: number },
  failed: Uint8Array,
  catalog: CatalogRows,
): Uint32Array {
  const images = new Uint32Array(257);
  let first = -1;
  let least = 256;
  for (let index = 0; index <= offered.length; index++) {
    const row = offered[index];
    const firstOfImage = row === undefined ? -1 : catalog.firstRowOf(row);
    if (firstOfImage !== first) {
      images[least] = (images[least] ?? 0) + 1;
      [first, least] = [firstOfImage, 256];
    }
    least = Math.min(least, failed[index] ?? 256);
  }
  let [most, found] = [0, images[0] ?? 0];
  while (found < nearMissCount && most < 255) found += images[++most] ?? 0;
  return offered.filter((_, index) => (failed[index] ?? 0) <= most);
}

const none = new Uint8Array();
const noScores = new Float64Array();

function countAbsent(rows: Uint32Array, { applicationsAtAll }: Question, catalog: CatalogRows): Uint8Array {
  return countFailed(
    rows,
    applicationsAtAll.map((requirement) => judgeRows(requirement, catalog)),
  );
}

/** None where they do not rank. Applications of names that are not asked for only take off: see `imPoints`. */
function imScores(
  { rows, score }: ScoredRows,
  others: Uint16Array,
  { question, catalog }: { readonly question: Question; readonly catalog: CatalogRows },
): Float64Array {
  const { imApplications, requestedNames } = question;
  if (imApplications === undefined) return noScores;
  const points = Int32Array.from(others, (count) => -count);
  for (const name of requestedNames) {
    const facets = catalog.applications(name);
    facets?.addTo(
      points,
      Int32Array.from(facets.samples, ({ applications }) => imPoints(imApplications, applications)),
    );
  }
  return score.map((weights, index) => imScoreOf(weights, at(points, at(rows, index))));
}

/** The order of `compareCandidates`, over the indexes of scored rows; fewest failures first, then fewest absent. */
function comparing(
  { rows, failed, score, standIns, vmmPlace }: ScoredRows,
  catalog: CatalogRows,
  {
    others,
    imScore,
    absent,
  }: { readonly others: Uint16Array; readonly imScore: Float64Array; readonly absent: Uint8Array },
): (left: number, right: number) => number {
  const compareScores = (left: number, right: number): number =>
    at(failed, left) - at(failed, right) ||
    at(absent, left) - at(absent, right) ||
    at(imScore, right) - at(imScore, left) ||
    at(score, right) - at(score, left) ||
    at(standIns, left) - at(standIns, right);
  return (left, right) => {
    const [a, b] = [at(rows, left), at(rows, right)];
    return (
      compareScores(left, right) ||
      at(others, a) - at(others, b) ||
      catalog.versionRank(b) - catalog.versionRank(a) ||
      compareDates(catalog, a, b) ||
      at(vmmPlace, left) - at(vmmPlace, right) ||
      compareRowNames(catalog, a, b)
    );
  };
}

/** The newer first. */
function compareDates(catalog: CatalogRows, a: number, b: number): number {
  return compareTexts(catalog.identityAt(b)?.createdAt ?? '', catalog.identityAt(a)?.createdAt ?? '');
}

function compareRowNames(catalog: CatalogRows, a: number, b: number): number {
  const [left, right] = [catalog.identityAt(a), catalog.identityAt(b)];
  return left === undefined || right === undefined ? 0 : compareNames(left, right);
}
