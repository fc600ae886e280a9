import type { CatalogRows } from './catalog-rows.ts';
import { type Question, vmmPlace } from './judge-image.ts';
import { type Verdicts, fails, holdsByStandIn } from './judge-rows.ts';

/** Of some rows, what their rank depends on; `[index]` belongs to `rows[index]`. */
export interface ScoredRows {
  readonly rows: Uint32Array;
  readonly failed: Uint8Array;
  readonly score: Float64Array;
  readonly standIns: Uint16Array;
  readonly vmmPlace: Uint8Array;
}

export interface JudgedRequirements {
  readonly hard: readonly Verdicts[];
  readonly soft: readonly { readonly weight: number; readonly verdicts: readonly Verdicts[] }[];
}

/** In loops over flat arrays: this runs for every image that meets the hard requirements. */
export function scoreRows(
  rows: Uint32Array,
  { hard, soft }: JudgedRequirements,
  { question, catalog }: { readonly question: Question; readonly catalog: CatalogRows },
): ScoredRows {
  const standIns = new Uint16Array(rows.length);
  for (const verdicts of [...hard, ...soft.flatMap((group) => group.verdicts)]) {
    countInto(standIns, rows, { verdicts, value: holdsByStandIn });
  }
  return {
    rows,
    failed: countFailed(rows, hard),
    score: sumWeights(rows, soft),
    standIns,
    vmmPlace: placesOf(rows, question, catalog),
  };
}

export function countFailed(rows: Uint32Array, hard: readonly Verdicts[]): Uint8Array {
  const failed = new Uint8Array(rows.length);
  for (const verdicts of hard) countInto(failed, rows, { verdicts, value: fails });
  return failed;
}

/** The rows for which all of them hold. */
export function feasibleRows(offered: Uint32Array, hard: readonly Verdicts[]): Uint32Array {
  const feasible = offered.slice();
  let end = feasible.length;
  for (const verdicts of hard) {
    let kept = 0;
    // Without a branch, which would be guessed wrong for many rows.
    for (let index = 0; index < end; index++) {
      const row = feasible[index] ?? 0;
      feasible[kept] = row;
      kept += Number(verdicts[row] !== fails);
    }
    end = kept;
  }
  return feasible.subarray(0, end);
}

function countInto(
  counts: Uint8Array | Uint16Array,
  rows: Uint32Array,
  { verdicts, value }: { readonly verdicts: Verdicts; readonly value: number },
): void {
  for (let index = 0; index < rows.length; index++) {
    counts[index] = (counts[index] ?? 0) + Number(verdicts[rows[index] ?? 0] === value);
  }
}

function sumWeights(rows: Uint32Array, soft: JudgedRequirements['soft']): Float64Array {
  const score = new Float64Array(rows.length);
  for (const { weight, verdicts } of soft) {
    const failed = countFailed(rows, verdicts);
    for (let index = 0; index < rows.length; index++) {
      if (failed[index] === 0) score[index] = (score[index] ?? 0) + weight;
    }
  }
  return score;
}

function placesOf(rows: Uint32Array, question: Question, catalog: CatalogRows): Uint8Array {
  const places = new Uint8Array(rows.length);
  if (question.preferredVmms.length === 0) return places;
  const column = catalog.column('vmm');
  const placeOfFacet = column.samples.map(({ artifact }) => vmmPlace(question, artifact?.vmm));
  for (let index = 0; index < rows.length; index++) {
    places[index] = placeOfFacet[column.facetAt(rows[index] ?? 0)] ?? 0;
  }
  return places;
}

/** The indexes of the best row of each image; rows of an image follow each other. */
export function bestOfEach(scored: ScoredRows, catalog: CatalogRows): Uint32Array {
  const { rows } = scored;
  const best = new Uint32Array(rows.length);
  let count = 0;
  let first = -1;
  for (let index = 0; index < rows.length; index++) {
    const firstOfImage = catalog.firstRowOf(rows[index] ?? 0);
    if (firstOfImage !== first) {
      first = firstOfImage;
      best[count++] = index;
    } else if (compareReadings(scored, index, best[count - 1] ?? 0) < 0) {
      best[count - 1] = index;
    }
  }
  return best.subarray(0, count);
}

function compareReadings(scored: ScoredRows, left: number, right: number): number {
  const { failed, score, standIns, vmmPlace: place } = scored;
  return (
    at(failed, left) - at(failed, right) ||
    at(score, right) - at(score, left) ||
    at(standIns, left) - at(standIns, right) ||
    at(place, left) - at(place, right)
  );
}

/** The number at an index that is known to be there. */
export function at(
  numbers: Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array,
  index: number,
): number {
  return numbers[index] ?? 0;
}
