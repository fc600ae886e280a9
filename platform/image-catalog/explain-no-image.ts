import { describeRequirement } from './describe-requirement.ts';
import type { ImageRequirements, MatchResult, NearMiss } from './model.ts';

/** Why a match without a ranked image has none, in one sentence: the nearest images, what they lack, the remedy. */
export function explainNoImage(result: MatchResult, requirements: ImageRequirements): string {
  const [nearest, ...others] = result.nearMisses;
  if (nearest === undefined) {
    const wanted = requirements.hard.map(describeRequirement).join(', ');
    return `No image meets the requirements (${wanted || 'none'}): the catalog is empty, add an image to it.`;
  }
  const next = others.map(({ vmi, failed }) => `'${vmi.name}' (lacks ${failed.length})`).join(' and ');
  return (
    `No image meets all ${requirements.hard.length} hard requirements: the nearest is '${nearest.vmi.name}', ` +
    `it lacks ${describeLacks(nearest)}${next === '' ? '' : `, then ${next}`}; ` +
    `relax what is lacking or add an image that has it.`
  );
}

function describeLacks(miss: NearMiss): string {
  return miss.failed
    .map(({ requirement, because }) => `${describeRequirement(requirement)} (${because})`)
    .join(', ');
}
