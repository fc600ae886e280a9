import type { Requirement } from './model.ts';

const mostKept = 256;
/** Of more facets a verdict is not kept: names and places, which are as many as images. */
const mostFacets = 4096;

/**
 * The facets' verdicts on the requirements that were asked last. What a facet stands for never changes and facets are
 * only ever added, so they stay true whatever the catalog becomes; only new facets are left to judge.
 */
export class VerdictCache {
  readonly #kept = new Map<string, Uint8Array>();

  verdictsOn<Sample>(
    requirement: Requirement,
    samples: readonly Sample[],
    judge: (sample: Sample) => number,
  ): Uint8Array {
    const key = JSON.stringify(requirement);
    const known = this.#kept.get(key);
    const verdicts = known?.length === samples.length ? known : judgeNew(known, samples, judge);
    this.#keep(key, verdicts);
    return verdicts;
  }

  /** As the last one; the first one goes when there are too many. */
  #keep(key: string, verdicts: Uint8Array): void {
    this.#kept.delete(key);
    if (verdicts.length > mostFacets) return;
    this.#kept.set(key, verdicts);
    const [first] = this.#kept.keys();
    if (this.#kept.size > mostKept && first !== undefined) this.#kept.delete(first);
  }
}

function judgeNew<Sample>(
  known: Uint8Array = new Uint8Array(),
  samples: readonly Sample[],
  judge: (sample: Sample) => number,
): Uint8Array {
  const verdicts = new Uint8Array(samples.length);
  verdicts.set(known);
  for (const [index, sample] of samples.slice(known.length).entries()) {
    verdicts[known.length + index] = judge(sample);
  }
  return verdicts;
}
