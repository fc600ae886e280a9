import type { CheckSpec, MemberSpec, MemberState } from '@trencadis/availability';

/** A member, and what its checks have found. Times in milliseconds of the clock. */
export interface MemoryMember {
  spec: MemberSpec;
  isDraining: boolean;
  /** `checking` until `rise` checks have passed or `fall` have failed. */
  verdict: 'checking' | 'up' | 'down';
  /** Since when all its checks have had the same outcome. */
  since: number;
  requests: number;
  errors: number;
}

/** How its checks go now, and since when they go so. */
export interface CheckedHealth {
  readonly isHealthy: boolean;
  readonly since: number;
}

/** The verdict that so many checks in a row have come to by `now`; one starts at the beginning of each interval. */
export function settleChecks(
  member: MemoryMember,
  { intervalMs, rise, fall }: CheckSpec,
  { isHealthy, since, now }: CheckedHealth & { readonly now: number },
): void {
  member.since = Math.max(member.since, since);
  const done = Math.floor((now - member.since) / intervalMs);
  if (isHealthy && done >= rise) member.verdict = 'up';
  if (!isHealthy && done >= fall) member.verdict = 'down';
}

export function stateOf({ isDraining, verdict }: MemoryMember): MemberState {
  return isDraining ? 'draining' : verdict;
}

export function whyOf({ verdict }: MemoryMember, { status }: CheckSpec): string | undefined {
  if (verdict === 'up') return undefined;
  return verdict === 'down' ? `check failed: not ${status}` : 'not enough checks yet';
}
