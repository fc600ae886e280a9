import { changeOf, isWithinSurge } from './change-action.ts';
import { type WantedAction, nothingWanted } from './decide-change.ts';
import { placeLaunches } from './decide-spread.ts';
import { type GroupFacts, countsByCloud, isSuspended } from './group-facts.ts';
import { type JudgedReplica, byName, nameOf } from './judged-replica.ts';

/**
 * The next replicas of a rolling update, at most `most`. In place, as many as `minHealthyPercent` lets be missing. Where
 * it lets none be, or there is one replica only, new ones are launched first, as many as `maxHealthyPercent` or the surge
 * has room for. Where that is not possible either, one by one: a roll always goes on.
 */
export function decideRollBatch(facts: GroupFacts, most: number): WantedAction {
  if (mustWait(facts)) return nothingWanted;
  const outdated = facts.census.all.filter(({ view, standing, answers }) =>
    isNext(view.isOutdated, standing, answers),
  );
  const ordered = outdated.toSorted(
    (one, other) => one.record.since - other.record.since || byName(one, other),
  );
  const ahead = launchedFirst(facts);
  if (ahead > 0) {
    const batch = ordered.filter(({ view }) => !view.holdsDisk).slice(0, Math.min(ahead, most));
    if (batch.length > 0) return launchFirst(facts, batch);
  }
  const batch = ordered.slice(0, Math.min(most, Math.max(1, mayBeMissing(facts))));
  return batch.length === 0 ? nothingWanted : inPlace(facts, batch);
}

/**
 * Outdated ones that run and serve nobody are brought to the document whatever the others are like: nothing is lost by
 * it, and it may be what they lack.
 */
export function rollIdle(facts: GroupFacts): WantedAction {
  const idle = facts.census.all.filter(
    ({ view, standing, answers }) =>
      view.isOutdated && answers && standing === 'pending' && view.vm === 'running',
  );
  return idle.length === 0 || mustWait(facts) ? nothingWanted : inPlace(facts, idle.toSorted(byName));
}

function mustWait(facts: GroupFacts): boolean {
  return isSuspended(facts, 'launch', 'terminate') || (facts.state.setback?.notBefore ?? 0) > facts.now;
}

function isNext(isOutdated: boolean, standing: JudgedReplica['standing'], answers: boolean): boolean {
  return isOutdated && answers && standing !== 'standby';
}

function mayBeMissing({ spec, state, census }: GroupFacts): number {
  const least = (100 - spec.roll.minHealthyPercent) * state.desired;
  return Math.floor(least / 100) + (census.serving - state.desired);
}

/** How many are launched before as many leave; 0: the batch is rolled in place. */
function launchedFirst(facts: GroupFacts): number {
  const { spec, state, census } = facts;
  const extra = Math.floor(((spec.roll.maxHealthyPercent - 100) * state.desired) / 100);
  if (census.serving <= 1)
    return extra > 0 || spec.roll.maxHealthyPercent > 100 || isWithinSurge(facts, 1) ? 1 : 0;
  return mayBeMissing(facts) > 0 ? 0 : extra;
}

function inPlace({ now }: GroupFacts, batch: readonly JudgedReplica[]): WantedAction {
  const because = `roll ${batch.map(nameOf).join(', ')}`;
  const action = { kind: 'roll' as const, vms: batch.map(({ view }) => view.name), because };
  return {
    action,
    isRoll: true,
    findings: [],
    events: [{ at: now, kind: 'roll', text: `Begun: ${because}.` }],
  };
}

function launchFirst(facts: GroupFacts, batch: readonly JudgedReplica[]): WantedAction {
  const { now, census } = facts;
  const { at, because: waits } = placeLaunches(
    facts,
    batch.length,
    countsByCloud(census.all, new Set(batch)),
  );
  const text = waits === undefined ? [] : [{ rule: 'RS-12', text: waits, values: {} }];
  if (at.length === 0) return { findings: text, events: [] };
  const retire = batch.slice(0, at.length);
  const because = `roll ${retire.map(nameOf).join(', ')}, successors first`;
  const action = changeOf(facts, { launchesAt: at, retire, recreate: [], order: 'launch-first', because });
  const events = [{ at: now, kind: 'roll' as const, text: `Begun: ${because}.` }];
  return { action, launchesAt: at, isRoll: true, findings: text, events };
}
