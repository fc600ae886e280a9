import { newGroupState } from '@trencadis/availability';
import type { Group } from './fleet.ts';
import type { GroupRecord } from './group-record.ts';

/** Of a group that nothing is stored of: it shall have what its document began with. */
export function newRecord({
  infrastructureId,
  serviceId,
  spec,
  counts,
}: Group): Omit<GroupRecord, 'version'> {
  const state = newGroupState(spec);
  const asked = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return {
    infrastructureId,
    serviceId,
    state: { ...state, desired: Math.min(Math.max(asked, state.desired), spec.replicas.max) },
  };
}
