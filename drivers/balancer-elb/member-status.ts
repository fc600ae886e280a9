import type { TargetHealth, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { MemberState, MemberStatus } from '@trencadis/availability';
import type { VmName } from '@trencadis/ids';
import type { MemberRecord } from './member-records.ts';

const states: Readonly<Record<string, MemberState>> = {
  initial: 'checking',
  healthy: 'up',
  unhealthy: 'down',
  draining: 'draining',
  'unhealthy.draining': 'draining',
  /** Stopped, or in a zone or pool to which nothing leads. */
  unused: 'down',
};

export interface JoinedMember extends Pick<MemberRecord, 'address' | 'port'> {
  readonly name: VmName;
  readonly pool: string;
}

/** As Amazon says it. Weights are all the same there. */
export function statusOf(member: JoinedMember, health: TargetHealth | undefined): MemberStatus {
  const { name, pool, address, port } = member;
  const state = states[health?.State ?? ''] ?? 'unknown';
  const because = [health?.Description, health?.Reason].filter((text) => text !== undefined && text !== '');
  const isTold = state !== 'up' && because.length > 0;
  return {
    name,
    pool,
    address,
    port,
    weight: 100,
    state,
    ...(isTold ? { because: because.join(', ') } : {}),
  };
}

/** One that was drained on purpose stays so until it is removed; Amazon forgets it when its connections are over. */
export function statusOfRecord(
  pool: string,
  record: MemberRecord,
  target: TargetHealthDescription | undefined,
): MemberStatus {
  const member = { ...record, pool };
  if (!record.isDraining) {
    return target === undefined
      ? { ...statusOf(member, undefined), because: 'it is not registered: join it again' }
      : statusOf(member, target.TargetHealth);
  }
  const drained = statusOf(member, { State: 'draining' });
  return target === undefined ? { ...drained, sessions: 0 } : drained;
}
