import type { AliasRule } from './alias-rules.ts';
import { judgeApplication } from './judge-application.ts';
import { judgeAttribute } from './judge-attribute.ts';
import type { Requirement } from './model.ts';
import type { Judgement, Reading } from './reading.ts';

/** Whether that reading of an image meets the requirement, and why. */
export function judgeRequirement(
  requirement: Requirement,
  reading: Reading,
  rules: readonly AliasRule[],
): Judgement {
  if (requirement.kind === 'application') return judgeApplication(requirement, reading.vmi, rules);
  if (requirement.kind === 'attribute') return judgeAttribute(requirement, reading, rules);
  const judgements = requirement.of.map((one) => judgeRequirement(one, reading, rules));
  const best =
    judgements.find(({ holds, needsStandIn }) => holds && !needsStandIn) ??
    judgements.find(({ holds }) => holds);
  if (best !== undefined) return { ...best, requirement };
  const because = judgements.map((judgement) => judgement.because).join('; ') || 'nothing is allowed';
  return { requirement, holds: false, because, needsStandIn: false };
}
