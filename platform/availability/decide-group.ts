import { type Census, takeCensus } from './census.ts';
import { type WantedAction, decideChange, nothingWanted } from './decide-change.ts';
import { decideFreeze } from './decide-freeze.ts';
import { decideOutcome } from './decide-outcome.ts';
import { decideRebalance } from './decide-rebalance.ts';
import { type RollDecision, decideRoll, isWhole } from './decide-roll.ts';
import { decideScaling } from './decide-scaling.ts';
import { type Bounds, boundsOf, clamp } from './group-bounds.ts';
import { conditionOf } from './group-condition.ts';
import type { GroupFacts } from './group-facts.ts';
import type {
  Finding,
  GroupDecision,
  GroupEvent,
  GroupSnapshot,
  GroupState,
  ScalingDecision,
  ScalingInput,
} from './model.ts';

type DecideScaling = (input: ScalingInput) => ScalingDecision;

/**
 * One decision on one service: what its last plan's end means, how its replicas are, how many there shall be, and the one
 * plan that is begun now, if any. What lacks or is not well comes first, then a rolling update, then an even spread.
 *
 * The new state has to be stored before the action begins. Deciding again on the same snapshot decides the same; deciding
 * on what is there after a crash begins what was not begun, and nothing twice. With `rollsBack`, the document of before
 * has to be asked for in the same transaction in which the state is stored.
 */
export function decideGroup(snapshot: GroupSnapshot, scale: DecideScaling = decideScaling): GroupDecision {
  const settled = decideOutcome(snapshot);
  const census = takeCensus({ ...snapshot, state: settled.state });
  const freeze = decideFreeze(snapshot, census);
  const scaled = scaleGroup(snapshot, settled.state, census, scale);
  const facts = factsOf(snapshot, scaled, census, freeze.frozen);
  const wanted: RollDecision = snapshot.isPlanRunning ? nothingWanted : decideAction(facts);
  const state = stateAfter(facts, wanted, snapshot.isPlanRunning);
  const events = [
    ...settled.events,
    ...census.events,
    ...freeze.events,
    ...scaled.events,
    ...wanted.events,
    ...conditionEvents(snapshot, state),
  ];
  return {
    state,
    ...(wanted.action !== undefined && { action: wanted.action }),
    ...(wanted.rollsBack === true && { rollsBack: true }),
    evaluation: {
      at: snapshot.now,
      desiredBefore: snapshot.state.desired,
      desiredAfter: state.desired,
      verdict: verdictOf(facts, wanted, snapshot.isPlanRunning),
      findings: [...scaled.findings, ...wanted.findings],
    },
    events,
  };
}

interface Scaled {
  readonly state: GroupState;
  readonly bounds: Bounds;
  readonly findings: readonly Finding[];
  readonly events: readonly GroupEvent[];
}

/** Kept at once, also while a plan runs: the next action is counted from it. */
function scaleGroup(
  { now, spec, samples }: GroupSnapshot,
  state: GroupState,
  census: Census,
  scale: DecideScaling,
): Scaled {
  const bounds = boundsOf(state, spec);
  const decision = scale({
    now,
    spec,
    state: state.scaling,
    desired: clamp(state.desired, bounds),
    bounds,
    counted: census.all.filter(({ standing }) => standing === 'in-service').map(({ view }) => view.name),
    capacity: census.live,
    warming: census.warming,
    samples,
    suspended: state.suspended,
  });
  const after = decision.bounds ?? bounds;
  const desired = clamp(decision.desired, after);
  return {
    state: {
      ...state,
      desired,
      scaling: decision.state,
      ...(decision.bounds !== undefined && { bounds: decision.bounds }),
    },
    bounds: after,
    findings: decision.findings,
    events: desired === state.desired ? [] : [sizeEvent(now, state.desired, { desired, decision })],
  };
}

interface Resized {
  readonly desired: number;
  readonly decision: ScalingDecision;
}

function sizeEvent(at: number, before: number, { desired, decision }: Resized): GroupEvent {
  const kind = decision.bounds === undefined ? 'scale' : 'schedule';
  const because = decision.because ?? 'bounds';
  return { at, kind, text: `${before} replicas become ${desired}: ${because}.` };
}

function factsOf(
  { now, spec, answeredAt }: GroupSnapshot,
  { state, bounds }: Scaled,
  census: Census,
  frozen: GroupState['frozen'],
): GroupFacts {
  const { frozen: _, ...rest } = state;
  const judged = { ...rest, replicas: census.records, ...(frozen !== undefined && { frozen }) };
  return { now, spec, state: judged, bounds, census, answeredAt };
}

function decideAction(facts: GroupFacts): RollDecision {
  const change = decideChange(facts);
  if (change.action !== undefined) return withRoll(change, facts);
  const roll = decideRoll(facts);
  const findings = [...change.findings, ...roll.findings];
  if (roll.action !== undefined || roll.roll !== undefined || !isWhole(facts)) return { ...roll, findings };
  return { ...decideRebalance(facts), findings, events: [...roll.events] };
}

/** A roll waits for what comes first. */
function withRoll(wanted: WantedAction, { state: { roll } }: GroupFacts): RollDecision {
  return roll === undefined ? wanted : { ...wanted, roll };
}

function stateAfter(facts: GroupFacts, wanted: RollDecision, isPlanRunning: boolean): GroupState {
  if (isPlanRunning) return facts.state;
  const { roll: _, ...rest } = facts.state;
  const { action, launchesAt = [], isRoll, roll, finishAt } = wanted;
  return {
    ...rest,
    launches: isWhole(facts) ? withoutOldFailures(facts) : rest.launches,
    ...(roll !== undefined && { roll }),
    ...(finishAt !== undefined && { finishAt }),
    ...(action !== undefined && {
      pending: {
        ...action,
        at: facts.now,
        ...(launchesAt.length > 0 && { launchesAt }),
        ...(isRoll === true && { isRoll }),
      },
    }),
  };
}

/** A group that is whole needs no VM manager now: one that failed gets a new chance when its wait is over. */
function withoutOldFailures({ now, state }: GroupFacts): GroupState['launches'] {
  const entries = Object.entries(state.launches);
  const kept = entries.filter(([, { notBefore, fullUntil = 0 }]) => Math.max(notBefore, fullUntil) > now);
  return kept.length === entries.length ? state.launches : Object.fromEntries(kept);
}

function conditionEvents({ now, spec, state: before }: GroupSnapshot, after: GroupState): GroupEvent[] {
  const was = conditionOf(before, spec);
  const is = conditionOf(after, spec);
  if (is.condition === 'degraded' && was.condition !== 'degraded')
    return [{ at: now, kind: 'degraded', text: `Degraded: ${is.because ?? ''}.` }];
  if (was.condition === 'degraded' && is.condition === 'ok')
    return [{ at: now, kind: 'recovered', text: 'No longer degraded.' }];
  return [];
}

function verdictOf({ state, census }: GroupFacts, { action }: WantedAction, isPlanRunning: boolean): string {
  const size = `${census.serving} of ${state.desired} replicas in service`;
  if (isPlanRunning) return `${size}; a plan runs.`;
  return `${size}; ${action === undefined ? 'nothing is begun' : action.because}.`;
}
