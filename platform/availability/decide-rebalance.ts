import { changeOf, isWithinSurge } from './change-action.ts';
import { type WantedAction, nothingWanted } from './decide-change.ts';
import { decideMove } from './decide-spread.ts';
import { type GroupFacts, isSuspended } from './group-facts.ts';
import { nameOf } from './judged-replica.ts';

/** RS-13: one replica at a time to where there are fewer, its successor first. */
export function decideRebalance(facts: GroupFacts): WantedAction {
  if (isSuspended(facts, 'launch', 'terminate') || !isWithinSurge(facts, 1)) return nothingWanted;
  if ((facts.state.setback?.notBefore ?? 0) > facts.now) return nothingWanted;
  const move = decideMove(facts);
  if (move === undefined) return nothingWanted;
  const because = `spread: move ${nameOf(move.victim)} from ${move.victim.view.cloud} to ${move.to}`;
  const wish = { launchesAt: [move.to], retire: [move.victim], recreate: [], order: 'launch-first' as const };
  const events = [{ at: facts.now, kind: 'scale' as const, text: `Begun: ${because}.` }];
  return { action: changeOf(facts, { ...wish, because }), launchesAt: [move.to], findings: [], events };
}
