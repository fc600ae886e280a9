import type { WantedAction } from './decide-change.ts';
import { nothingWanted } from './decide-change.ts';
import { decideRollBatch, rollIdle } from './decide-roll-batch.ts';
import type { GroupFacts } from './group-facts.ts';
import { isLive } from './judged-replica.ts';
import type { GroupEvent, RollSpec, RollState } from './model.ts';

export interface RollDecision extends WantedAction {
  readonly roll?: RollState;
  readonly rollsBack?: boolean;
}

/**
 * The rolling update (RS-12), batch by batch: each waits until all replicas are in service again, but for those that are outdated and serve nobody. Only what is outdated
 * is touched. Progress is what is seen to be no longer outdated, so that a lost report loses nothing.
 */
export function decideRoll(facts: GroupFacts): RollDecision {
  const outdated = facts.census.all.filter(({ view, standing }) => view.isOutdated && standing !== 'standby');
  const { roll } = facts.state;
  if (outdated.length === 0) return roll === undefined ? nothingWanted : finished(facts, roll);
  if (roll === undefined)
    return isWhole(facts) || rollIdle(facts).action !== undefined ? started(facts) : nothingWanted;
  if (roll.failed !== undefined || roll.isPaused === true) return { ...nothingWanted, roll };
  return continued(facts, progressed(facts, roll, outdated.length), outdated.length);
}

function finished(facts: GroupFacts, roll: RollState): RollDecision {
  if (roll.failed !== undefined) return nothingWanted;
  if (!isWhole(facts)) return { ...nothingWanted, roll: progressed(facts, roll, 0) };
  const text = `The ${roll.isRollback === true ? 'way back' : 'rolling update'} is done: ${roll.total} replicas.`;
  return { findings: [], events: [{ at: facts.now, kind: 'roll', text }] };
}

/** Its first batch begins at once. */
function started(facts: GroupFacts): RollDecision {
  const { now, census } = facts;
  const outdated = census.all.filter(
    ({ view, standing }) => view.isOutdated && standing !== 'standby',
  ).length;
  const total = census.all.filter(({ standing }) => standing !== 'standby').length;
  const fresh = { startedAt: now, total, rolled: total - outdated, progressAt: now, checkpointsPassed: 0 };
  const roll = { ...fresh, checkpointsPassed: passedBy(facts.spec.roll, fresh.rolled, total) };
  const text = `A rolling update of ${outdated} of ${total} replicas begins.`;
  const next = continued(facts, roll, outdated);
  return { ...next, events: [{ at: now, kind: 'roll', text }, ...next.events] };
}

/** Every replica in service and as many as desired: nothing else is to be done first. */
export function isWhole({ state, census }: GroupFacts): boolean {
  const isCalm = census.all.every(({ standing }) => ['in-service', 'warming', 'standby'].includes(standing));
  return isCalm && state.frozen === undefined && census.all.filter(isLive).length >= state.desired;
}

function progressed({ now }: GroupFacts, roll: RollState, outdated: number): RollState {
  const rolled = roll.total - outdated;
  return rolled > roll.rolled ? { ...roll, rolled, progressAt: now } : roll;
}

function continued(facts: GroupFacts, roll: RollState, outdated: number): RollDecision {
  const because = failureOf(facts, roll);
  if (because !== undefined) return giveUp(facts, roll, because);
  if ((roll.waitsUntil ?? 0) > facts.now) return { ...nothingWanted, roll };
  if (!isWhole(facts)) return { ...rollIdle(facts), roll };
  const { waitsUntil: _, ...rest } = roll;
  const passed = passedBy(facts.spec.roll, roll.rolled, roll.total);
  if (passed > roll.checkpointsPassed) return waiting(facts, { ...rest, checkpointsPassed: passed });
  return { ...decideRollBatch(facts, batchBefore(facts.spec.roll, rest, outdated)), roll: rest };
}

function passedBy({ checkpoints }: RollSpec, rolled: number, total: number): number {
  return checkpoints.filter((percent) => rolled > 0 && rolled * 100 >= percent * total).length;
}

/** No batch goes beyond the next checkpoint. */
function batchBefore(
  { checkpoints }: RollSpec,
  { total, rolled, checkpointsPassed }: RollState,
  most: number,
): number {
  const percent = checkpoints.toSorted((one, other) => one - other)[checkpointsPassed];
  return percent === undefined
    ? most
    : Math.max(1, Math.min(most, Math.ceil((total * percent) / 100) - rolled));
}

function waiting({ now, spec }: GroupFacts, roll: RollState): RollDecision {
  const waitsUntil = now + spec.roll.checkpointDelayMs;
  const seconds = spec.roll.checkpointDelayMs / 1000;
  const text = `The rolling update waits ${seconds} s at a checkpoint: ${roll.rolled} of ${roll.total} replicas.`;
  const events: GroupEvent[] = [{ at: now, kind: 'roll', text }];
  return { findings: [], events, roll: { ...roll, waitsUntil, progressAt: waitsUntil } };
}

function failureOf({ now, spec }: GroupFacts, roll: RollState): string | undefined {
  if ((roll.failures ?? 0) > spec.replicas.retries)
    return `its plans failed ${roll.failures ?? 0} times in a row`;
  if (now - roll.progressAt <= spec.roll.stuckAfterMs) return undefined;
  return `there was no progress for ${spec.roll.stuckAfterMs / 1000} s`;
}

/** Says so once that it goes back: from then on the roll is the way back, and that one is not undone again. */
function giveUp({ now, spec, census }: GroupFacts, roll: RollState, because: string): RollDecision {
  const text = `The rolling update failed after ${roll.rolled} of ${roll.total} replicas: ${because}.`;
  const events: GroupEvent[] = [{ at: now, kind: 'roll', text }];
  if (!spec.roll.rollsBack || roll.isRollback === true)
    return { findings: [], events, roll: { ...roll, failed: { at: now, because } } };
  const total = census.all.filter(({ standing }) => standing !== 'standby').length;
  const back = { startedAt: now, total, rolled: 0, progressAt: now, checkpointsPassed: 0, isRollback: true };
  return { findings: [], events, roll: back, rollsBack: true };
}
