import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import { type Bounds, boundsOf, clamp } from './group-bounds.ts';
import type { GroupState, Process, ReplicaRecord, ServiceSpec } from './model.ts';

/**
 * What an operator asks for, as edits of a state. Those that can be refused answer the error instead of a state: it is
 * `invalid-argument` or `not-found`, and names the remedy.
 */
export type Edited = GroupState | PlatformError;

/** Bounds keep what they are; with `force` the one in the way moves (RS-01). */
export function withDesired(
  state: GroupState,
  spec: ServiceSpec,
  desired: number,
  { force = false }: { readonly force?: boolean } = {},
): Edited {
  if (!isCount(desired))
    return refused(spec, `${desired} is not a number of replicas: give 0 or more, whole.`);
  const bounds = boundsOf(state, spec);
  if (clamp(desired, bounds) === desired) return { ...state, desired };
  if (!force) {
    const text = `'${spec.id}' keeps ${bounds.min} to ${bounds.max} replicas: ${desired} is outside. Change its bounds or force it.`;
    return refused(spec, text);
  }
  const moved = { min: Math.min(bounds.min, desired), max: Math.max(bounds.max, desired) };
  return { ...state, desired, bounds: moved };
}

/** `undefined`: the document's again. What is desired follows at once. */
export function withBounds(state: GroupState, spec: ServiceSpec, bounds: Bounds | undefined): Edited {
  const { bounds: _, ...rest } = state;
  if (bounds === undefined) return { ...rest, desired: clamp(state.desired, boundsOf(rest, spec)) };
  const { min, max } = bounds;
  if (!isCount(min) || !isCount(max) || min > max)
    return refused(spec, `${min} to ${max} are no bounds: give whole numbers, the smaller one first.`);
  return { ...rest, bounds: { min, max }, desired: clamp(state.desired, bounds) };
}

export function withSuspended(state: GroupState, process: Process, isSuspended: boolean): GroupState {
  const others = state.suspended.filter((one) => one !== process);
  return { ...state, suspended: isSuspended ? [...others, process].toSorted() : others };
}

/** A protected replica is not chosen when there are too many; an unhealthy one is replaced all the same. */
export function withProtection(state: GroupState, vm: VmName, isProtected: boolean): Edited {
  return withRecord(state, vm, (before) => {
    const { isProtected: _, ...record } = before;
    return { ...record, ...(isProtected && { isProtected }) };
  });
}

/** Leaves its balancer and is not counted; one that comes back has to come into service again. Either is begun at once. */
export function withStandby(state: GroupState, vm: VmName, isStandby: boolean): Edited {
  const { finishAt: _waited, ...rest } = state;
  return withRecord(rest, vm, (before) => {
    if ((before.isStandby === true) === isStandby) return before;
    const { isStandby: _, inServiceAt: _at, unhealthy: _verdict, waitsSince: _waits, ...record } = before;
    return { ...record, failures: 0, passes: 0, ...(isStandby && { isStandby }) };
  });
}

/** Replacements go on; only what turns unhealthy after `now` freezes them again. */
export function withFreezeLifted(state: GroupState, now: number): GroupState {
  const { frozen: _, ...rest } = state;
  return { ...rest, liftedAt: now };
}

/** Going on clears a failure, and begins to count the time without progress anew. */
export function withRollPaused(state: GroupState, isPaused: boolean, now: number): GroupState {
  if (state.roll === undefined) return state;
  const { isPaused: _, failed: _failed, failures: _failures, ...roll } = state.roll;
  if (isPaused) return { ...state, roll: { ...state.roll, isPaused } };
  return { ...state, roll: { ...roll, progressAt: now } };
}

/** For a new document, or to begin again: what is outdated is rolled from the beginning. */
export function withoutRoll(state: GroupState): GroupState {
  const { roll: _, ...rest } = state;
  return rest;
}

function withRecord(state: GroupState, vm: VmName, edit: (record: ReplicaRecord) => ReplicaRecord): Edited {
  const record = state.replicas[vm];
  if (record === undefined) {
    const text = `There is no replica '${vm}': 'trencadis service status' lists those that there are.`;
    return new PlatformError('not-found', text, { subject: vm });
  }
  return { ...state, replicas: { ...state.replicas, [vm]: edit(record) } };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function refused(spec: ServiceSpec, text: string): PlatformError {
  return new PlatformError('invalid-argument', text, { subject: spec.id });
}
