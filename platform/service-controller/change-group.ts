import {
  type Edited,
  type GroupEvent,
  type GroupState,
  type Process,
  type ServiceSpec,
  boundsOf,
  withBounds,
  withDesired,
  withFreezeLifted,
  withProtection,
  withRollPaused,
  withStandby,
  withSuspended,
  withoutRoll,
} from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { GroupRecord } from './group-record.ts';
import { processes } from './processes.ts';

/** What an operator changes of a service that runs. */
export type GroupChange =
  | {
      readonly kind: 'scale';
      readonly desired?: number;
      readonly min?: number;
      readonly max?: number;
      /** The bounds are the document's again. */
      readonly resetsBounds?: boolean;
      /** The bound that is in the way moves. */
      readonly isForced?: boolean;
    }
  /** All of them where none is named. */
  | { readonly kind: 'suspend' | 'resume'; readonly processes?: readonly Process[] }
  | { readonly kind: 'protect'; readonly vms: readonly VmName[]; readonly isProtected: boolean }
  | { readonly kind: 'standby'; readonly vms: readonly VmName[]; readonly isStandby: boolean }
  /** Replacements go on. */
  | { readonly kind: 'thaw' }
  /** `start`: what is outdated; `refresh`: all replicas, outdated or not. */
  | { readonly kind: 'roll'; readonly act: 'start' | 'refresh' | 'pause' | 'resume' };

export interface Changed {
  readonly record: GroupRecord;
  readonly event: GroupEvent;
}

export interface ChangeContext {
  readonly spec: ServiceSpec;
  readonly now: number;
  /** Who asks for it. */
  readonly actor: string;
}

/** What the record is after the change. What makes no sense is refused: `invalid-argument`, `not-found`, `conflict`. */
export function changeGroup(record: GroupRecord, change: GroupChange, context: ChangeContext): Changed {
  const state = stateAfter(record.state, change, context);
  const isRefresh = change.kind === 'roll' && change.act === 'refresh';
  return {
    record: { ...record, state, ...(isRefresh ? { refreshBefore: context.now } : {}) },
    event: {
      at: context.now,
      kind: 'changed',
      text: `${context.actor}: ${textOf(change, state)}.`,
    },
  };
}

function stateAfter(state: GroupState, change: GroupChange, { spec, now }: ChangeContext): GroupState {
  if (change.kind === 'scale') return scaled(state, spec, change);
  if (change.kind === 'thaw') return withFreezeLifted(state, now);
  if (change.kind === 'roll') return rolled(state, spec, change.act, now);
  if (change.kind === 'protect')
    return change.vms.reduce((edited, vm) => granted(withProtection(edited, vm, change.isProtected)), state);
  if (change.kind === 'standby')
    return change.vms.reduce((edited, vm) => granted(withStandby(edited, vm, change.isStandby)), state);
  const isSuspended = change.kind === 'suspend';
  return namedProcesses(change.processes).reduce(
    (edited, process) => withSuspended(edited, process, isSuspended),
    state,
  );
}

type Scaling = Extract<GroupChange, { kind: 'scale' }>;

function scaled(state: GroupState, spec: ServiceSpec, change: Scaling): GroupState {
  const { desired, min, max, resetsBounds = false, isForced = false } = change;
  const first = resetsBounds ? granted(withBounds(state, spec, undefined)) : state;
  const bounds = boundsOf(first, spec);
  const isBounded = min !== undefined || max !== undefined;
  const bounded = isBounded
    ? granted(withBounds(first, spec, { min: min ?? bounds.min, max: max ?? bounds.max }))
    : first;
  return desired === undefined ? bounded : granted(withDesired(bounded, spec, desired, { force: isForced }));
}

type RollAct = Extract<GroupChange, { kind: 'roll' }>['act'];

function rolled(state: GroupState, spec: ServiceSpec, act: RollAct, now: number): GroupState {
  if (act === 'start' || act === 'refresh') return withoutRoll(state);
  if (state.roll === undefined)
    throw new PlatformError('conflict', `No rolling update of '${spec.id}' is under way.`, {
      subject: spec.id,
    });
  return withRollPaused(state, act === 'pause', now);
}

function granted(edited: Edited): GroupState {
  if (edited instanceof PlatformError) throw edited;
  return edited;
}

function namedProcesses(named: readonly Process[] = []): readonly Process[] {
  return named.length === 0 ? processes : named;
}

function textOf(change: GroupChange, { desired, bounds }: GroupState): string {
  if (change.kind === 'scale')
    return `${desired} replicas are desired${bounds === undefined ? '' : `, ${bounds.min} to ${bounds.max}`}`;
  if (change.kind === 'thaw') return 'replacements go on';
  if (change.kind === 'roll') return rollTexts[change.act];
  if (change.kind === 'protect')
    return `${change.vms.join(', ')} ${change.isProtected ? 'protected' : 'no longer protected'}`;
  if (change.kind === 'standby')
    return `${change.vms.join(', ')} ${change.isStandby ? 'on standby' : 'back from standby'}`;
  return `${change.kind}s ${namedProcesses(change.processes).join(', ')}`;
}

const rollTexts: Readonly<Record<RollAct, string>> = {
  start: 'outdated replicas are rolled from the beginning',
  refresh: 'all replicas are made anew, one batch after the other',
  pause: 'the rolling update pauses',
  resume: 'the rolling update goes on',
};
