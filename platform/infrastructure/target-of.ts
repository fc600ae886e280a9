import type { Infrastructure, Target } from './model.ts';

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

/** The infrastructure as it would be with that target: what the target leaves out is left out. */
export function withTarget(infrastructure: Infrastructure, target: Target): Infrastructure {
  const { replicas: _replicas, components: _components, ...rest } = infrastructure;
  return { ...rest, ...targetOf(target) };
}
