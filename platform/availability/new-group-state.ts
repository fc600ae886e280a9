import type { GroupState, ServiceSpec } from './model.ts';

/** Of a group of which nothing has been decided yet: as many replicas as the document asks for at least. */
export function newGroupState(spec: ServiceSpec): GroupState {
  return {
    desired: spec.replicas.min,
    suspended: [],
    replicas: {},
    launches: {},
    scaling: { policies: {}, recommendations: [], changes: [] },
  };
}
