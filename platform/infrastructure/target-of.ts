import type { Target } from './model.ts';

/** Only the target of an infrastructure, or of anything else that has one. */
export function targetOf({
  radl,
  dialect,
  parameters,
  members,
  nextOrdinal,
  refusals,
  usage,
  replicas,
}: Target): Target {
  const target = { radl, dialect, parameters, members, nextOrdinal, refusals, usage };
  return replicas === undefined ? target : { ...target, replicas };
}
