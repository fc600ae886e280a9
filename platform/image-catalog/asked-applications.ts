import type { ImageRequirements, Requirement } from './model.ts';

export type AskedApplication = Extract<Requirement, { kind: 'application' }>;

/** All that are asked for, hard or soft, those inside `any` too. */
export function askedApplications({ hard, soft }: ImageRequirements): readonly AskedApplication[] {
  return [...hard, ...soft.flatMap((group) => group.requirements)].flatMap(applicationsIn);
}

function applicationsIn(requirement: Requirement): readonly AskedApplication[] {
  if (requirement.kind === 'any') return requirement.of.flatMap(applicationsIn);
  return requirement.kind === 'application' ? [requirement] : [];
}
