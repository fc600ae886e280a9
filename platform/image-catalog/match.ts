import { type MatchOptions, compareCandidates, judgeImage, questionOf } from './judge-image.ts';
import type { ImageRequirements, MatchResult, Vmi } from './model.ts';

export const nearMissCount = 3;

/**
 * The images that meet all hard requirements, best first (paper 4.1; CAT-06): the higher score, then fewer
 * requirements met only by a stand-in, fewer versioned applications that nobody asked for, the higher version of
 * the operating system, the newer image, the preferred VM manager, then name and id; before all that the Infrastructure Manager's score, where it is asked for. The order of `vmis` plays no
 * part. A soft group counts whole or not at all. Of near misses those come first that fail in the fewest, then those
 * that have most of the applications in some version.
 */
export function matchImages(
  requirements: ImageRequirements,
  vmis: readonly Vmi[],
  options: MatchOptions = {},
): MatchResult {
  const question = questionOf(requirements, options);
  const candidates = vmis.map((vmi) => judgeImage(question, vmi));
  const ranked = candidates.filter(({ failed }) => failed.length === 0).toSorted(compareCandidates);
  if (ranked.length > 0) {
    return { ranked: ranked.slice(0, options.limit).map(({ match }) => match), nearMisses: [] };
  }
  const nearest = candidates.toSorted(
    (left, right) =>
      left.failed.length - right.failed.length ||
      left.absentCount - right.absentCount ||
      compareCandidates(left, right),
  );
  return {
    ranked: [],
    nearMisses: nearest.slice(0, nearMissCount).map(({ match, failed }) => ({ vmi: match.vmi, failed })),
  };
}
