import type { VmName } from '@trencadis/ids';
import { launchBackoffMs } from './launch-backoff.ts';
import type {
  GroupEvent,
  GroupSnapshot,
  GroupState,
  PendingAction,
  PlanOutcome,
  ReplicaRecord,
} from './model.ts';

/** A VM manager without room is asked again after so long, or when all others failed too (RS-14). */
const fullMs = 300_000;

export interface OutcomeDecision {
  readonly state: GroupState;
  readonly events: readonly GroupEvent[];
}

/**
 * What the end of the group's own plan says (RS-06). A `pending` whose plan neither runs nor ended was cut off before it
 * began, or its end was missed: it is forgotten, and what is there decides anew.
 */
export function decideOutcome({ now, spec, state, isPlanRunning, outcome }: GroupSnapshot): OutcomeDecision {
  const { pending, ...rest } = state;
  if (pending === undefined || isPlanRunning) return { state, events: [] };
  const settled: GroupState = { ...rest, replicas: withNewLives(state.replicas, pending) };
  if (outcome === undefined) return { state: settled, events: [] };
  if (outcome.isSuccess) {
    const retired = retiredOf(settled, pending);
    const events = retired.map((vm) => ({ at: now, kind: 'phase' as const, vm, text: `${vm} is gone.` }));
    return { state: afterSuccess(withoutRecords(settled, retired), pending), events };
  }
  const failure = { now, name: spec.id, pending, outcome };
  return isLaunchFailure(failure) ? afterFailedLaunch(settled, failure) : afterSetback(settled, failure);
}

/** What was made anew has to come into service again, whether or not it was seen to be away. */
function withNewLives(records: GroupState['replicas'], pending: PendingAction): GroupState['replicas'] {
  const remade: readonly string[] = pending.kind === 'roll' ? pending.vms : pending.recreate;
  if (remade.length === 0) return records;
  const renewed = Object.entries(records).map(([name, record]): [string, ReplicaRecord] => {
    if (!remade.includes(name)) return [name, record];
    const { inServiceAt: _at, unhealthy: _verdict, waitsSince: _waits, ...kept } = record;
    return [name, { ...kept, failures: 0, passes: 0 }];
  });
  return Object.fromEntries(renewed);
}

function retiredOf({ replicas }: GroupState, pending: PendingAction): readonly VmName[] {
  return pending.kind === 'change' ? pending.retire.filter((name) => name in replicas) : [];
}

/** A name may be given anew at once: who has it then inherits nothing. */
function withoutRecords(state: GroupState, retired: readonly string[]): GroupState {
  if (retired.length === 0) return state;
  const kept = Object.entries(state.replicas).filter(([name]) => !retired.includes(name));
  return { ...state, replicas: Object.fromEntries(kept) };
}

function afterSuccess(state: GroupState, { launchesAt = [], isRoll = false }: PendingAction): GroupState {
  const { setback: _, ...rest } = state;
  const launches = Object.fromEntries(
    Object.entries(state.launches).filter(([cloud]) => !launchesAt.includes(cloud)),
  );
  const isProof = isRoll || launchesAt.length > 0;
  if (!isProof || rest.roll?.failures === undefined) return { ...rest, launches };
  const { failures: _failures, ...roll } = rest.roll;
  return { ...rest, launches, roll };
}

interface Failure {
  readonly now: number;
  readonly name: string;
  readonly pending: PendingAction;
  readonly outcome: PlanOutcome;
}

function isLaunchFailure({ pending: { launchesAt = [] }, outcome: { cloud } }: Failure): boolean {
  return cloud === undefined ? launchesAt.length > 0 : launchesAt.includes(cloud);
}

function afterFailedLaunch(state: GroupState, failure: Failure): OutcomeDecision {
  const { now, name, pending, outcome } = failure;
  const clouds = outcome.cloud === undefined ? (pending.launchesAt ?? []) : [outcome.cloud];
  const because = reasonOf(outcome);
  const isFull = isForLackOfRoom(outcome);
  const failed = clouds.map((cloud) => {
    const failures = (state.launches[cloud]?.failures ?? 0) + 1;
    const notBefore = now + launchBackoffMs(`${name}/${cloud}`, failures);
    return [cloud, { failures, notBefore, because, ...(isFull && { fullUntil: now + fullMs }) }] as const;
  });
  const launches = { ...state.launches, ...Object.fromEntries(failed) };
  const events = clouds.map((cloud): GroupEvent => {
    const at = cloud === '' ? '' : ` at '${cloud}'`;
    return { at: now, kind: 'launch-failed', text: `A launch${at} failed: ${because}.` };
  });
  return { state: { ...withRollFailure(state, failure), launches }, events };
}

function afterSetback(state: GroupState, failure: Failure): OutcomeDecision {
  const { now, name, pending, outcome } = failure;
  const failures = (state.setback?.failures ?? 0) + 1;
  const because = reasonOf(outcome);
  const setback = { failures, notBefore: now + launchBackoffMs(name, failures), because };
  const kind = pending.isRoll === true ? 'roll' : 'replace';
  const text = `A plan failed (${pending.because}): ${because}.`;
  return { state: { ...withRollFailure(state, failure), setback }, events: [{ at: now, kind, text }] };
}

/** While a roll is under way, what is launched is what it rolls out: that fails it too, unless there is no room. */
function withRollFailure(state: GroupState, { pending, outcome }: Failure): GroupState {
  if (state.roll === undefined || (pending.isRoll !== true && isForLackOfRoom(outcome))) return state;
  return { ...state, roll: { ...state.roll, failures: (state.roll.failures ?? 0) + 1 } };
}

function isForLackOfRoom({ errorCode }: PlanOutcome): boolean {
  return errorCode === 'quota-exceeded' || errorCode === 'unavailable';
}

/** Without a full stop at its end: it stands within sentences. */
function reasonOf({ because, errorCode }: PlanOutcome): string {
  return (because ?? errorCode ?? 'no reason given').replace(/\.$/, '');
}
