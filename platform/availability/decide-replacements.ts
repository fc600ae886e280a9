import { brakeOf } from './group-bounds.ts';
import { type GroupFacts, isExhausted, isSuspended } from './group-facts.ts';
import { type JudgedReplica, byVerdict } from './judged-replica.ts';

export interface Replacements {
  readonly retire: readonly JudgedReplica[];
  /** They hold disks that their successors need (RS-08). */
  readonly recreate: readonly JudgedReplica[];
  /** Not well, and kept for now: their slots stay theirs. */
  readonly kept: readonly JudgedReplica[];
}

/**
 * Which replicas that are not well are given up now. Those whose VM does not run: all, at once (RS-04). Those that their
 * checks call unhealthy: the longest so first, as many as the brake lets, none while frozen (RS-05). What stands at a VM
 * manager that does not answer is neither retired nor made anew before it answers; its slot is filled elsewhere.
 */
export function decideReplacements(facts: GroupFacts): Replacements {
  const givenUp = facts.census.all.filter((replica) => isGivenUp(facts, replica));
  const unhealthy = facts.census.all.filter(({ standing }) => standing === 'unhealthy');
  if (givenUp.length === 0 && unhealthy.length === 0) return { retire: [], recreate: [], kept: [] };
  if (isSuspended(facts, 'replace', 'launch', 'terminate'))
    return { retire: [], recreate: [], kept: [...givenUp, ...unhealthy] };
  const braked = unhealthy.toSorted(byUrgency);
  const most = mostUnhealthyNow(facts);
  const chosen = [...givenUp, ...braked.slice(0, most)];
  return assignSlots(facts, chosen, braked.slice(most));
}

/** Those that can be retired at once before those of silent VM managers. */
function byUrgency(one: JudgedReplica, other: JudgedReplica): number {
  return Number(other.answers) - Number(one.answers) || byVerdict(one, other);
}

function isGivenUp(facts: GroupFacts, replica: JudgedReplica): boolean {
  const { standing, isUnfinished, view } = replica;
  if (standing === 'dead' || standing === 'leaving') return true;
  if (standing !== 'pending') return false;
  return isUnfinished ? isExhausted(facts, view.cloud) : isBadVersion(facts, replica);
}

/** It fails its checks from the beginning, and something else is asked for by now, or a roll brought it and failed. */
function isBadVersion({ spec, state }: GroupFacts, { view, record }: JudgedReplica): boolean {
  if (!view.isOutdated && (state.roll?.failures ?? 0) === 0) return false;
  return record.failures >= spec.health.fall || view.member === 'down';
}

/** What is on its way already counts; what nobody needs is no replacement. */
function mostUnhealthyNow({ now, state, census }: GroupFacts): number {
  if (state.frozen !== undefined) return 0;
  if (census.live >= state.desired) return census.all.length;
  return Math.max(0, brakeOf(state.desired) - census.all.filter((one) => isComing(one, now)).length);
}

/** A plan has ended, and its replicas have yet to pass a few checks. */
const comingMs = 60_000;

function isComing({ standing, record }: JudgedReplica, now: number): boolean {
  return standing === 'pending' && now - (record.waitsSince ?? now) < comingMs;
}

function assignSlots(
  { state, census }: GroupFacts,
  chosen: readonly JudgedReplica[],
  braked: readonly JudgedReplica[],
): Replacements {
  const silentHolders = chosen.filter(({ view, answers }) => view.holdsDisk && !answers);
  const kept = [...braked, ...silentHolders];
  const atHand = chosen.filter(({ answers }) => answers);
  const live = census.live - chosen.filter(({ standing }) => standing === 'pending').length;
  const slots = Math.max(0, state.desired - live - kept.length);
  const recreate = atHand
    .filter(({ view, standing }) => view.holdsDisk && standing !== 'leaving')
    .slice(0, slots);
  return { retire: atHand.filter((replica) => !recreate.includes(replica)), recreate, kept };
}
