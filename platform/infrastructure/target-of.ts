import type { Target } from './model.ts';

/** Only the target of an infrastructure, or of anything else that has one. */
export function targetOf(from: Target): Target {
  const { radl, dialect, parameters, members, nextOrdinal, refusals, usage, replicas, components } = from;
  return {
    radl,
    dialect,
    parameters,
    members,
    nextOrdinal,
    refusals,
    usage,
    ...(replicas === undefined ? {} : { replicas }),
    ...(components === undefined ? {} : { components }),
  };
}
