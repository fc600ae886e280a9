import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import {
  withBounds,
  withDesired,
  withFreezeLifted,
  withProtection,
  withRollPaused,
  withStandby,
  withSuspended,
  withoutRoll,
} from './edit-group-state.ts';
import type { GroupState } from './model.ts';
import { newGroupState } from './new-group-state.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

const spec = simulatedSpec();
const vm = 'vm-0' as VmName;
const record = { since: 1, inServiceAt: 2, failures: 0, passes: 2 };
const state: GroupState = { ...newGroupState(spec), replicas: { [vm]: record } };

describe('edits of a state', () => {
  it('set how many are desired within the bounds', () => {
    expect(withDesired(state, spec, 5)).toEqual({ ...state, desired: 5 });
  });

  it.each([2, 7])('refuse %i outside of them, and name them', (count) => {
    const refusal = withDesired(state, spec, count) as PlatformError;
    expect(refusal).toBeInstanceOf(PlatformError);
    expect(refusal).toMatchObject({ code: 'invalid-argument', subject: 'portal' });
    expect(refusal.message).toContain('3 to 6');
  });

  it.each([-1, 1.5, Number.NaN])('refuse %d, which is no number of replicas, even by force', (count) => {
    expect(withDesired(state, spec, count, { force: true })).toMatchObject({ code: 'invalid-argument' });
  });

  it('move the bound in the way by force', () => {
    expect(withDesired(state, spec, 9, { force: true })).toMatchObject({
      desired: 9,
      bounds: { min: 3, max: 9 },
    });
    expect(withDesired(state, spec, 0, { force: true })).toMatchObject({
      desired: 0,
      bounds: { min: 0, max: 6 },
    });
  });

  it('bring what is desired to new bounds, and back to the document', () => {
    const raised = withBounds(state, spec, { min: 8, max: 9 }) as GroupState;
    expect(raised).toMatchObject({ desired: 8, bounds: { min: 8, max: 9 } });
    expect(withBounds(raised, spec, undefined)).toEqual({ ...state, desired: 6 });
    expect(withBounds(state, spec, { min: 3, max: 2 })).toMatchObject({ code: 'invalid-argument' });
  });

  it('suspend and resume, once each', () => {
    const suspended = withSuspended(withSuspended(state, 'scale', true), 'scale', true);
    expect(suspended.suspended).toEqual(['scale']);
    expect(withSuspended(suspended, 'scale', false)).toEqual(state);
  });

  it('protect a replica, and no longer', () => {
    const kept = withProtection(state, vm, true) as GroupState;
    expect(kept.replicas[vm]).toEqual({ ...record, isProtected: true });
    expect(withProtection(kept, vm, false)).toEqual(state);
  });

  it('let a replica stand by; one that comes back has to come into service again', () => {
    const aside = withStandby(state, vm, true) as GroupState;
    expect(aside.replicas[vm]).toEqual({ since: 1, failures: 0, passes: 0, isStandby: true });
    expect((withStandby(aside, vm, false) as GroupState).replicas[vm]).toEqual({
      since: 1,
      failures: 0,
      passes: 0,
    });
    expect(withStandby(state, vm, false)).toEqual(state);
  });

  it('refuse a replica that is not there', () => {
    const other = 'other' as VmName;
    for (const refusal of [withProtection(state, other, true), withStandby(state, other, true)])
      expect(refusal).toMatchObject({ code: 'not-found', subject: 'other' });
  });

  it('lift a freeze, and remember when', () => {
    const frozen = { ...state, frozen: { since: 1, because: 'most failed' } };
    expect(withFreezeLifted(frozen, 9)).toEqual({ ...state, liftedAt: 9 });
  });

  it('pause a roll, let it go on with its time counted anew and its failure forgotten, and end it', () => {
    const roll = { startedAt: 1, total: 3, rolled: 1, progressAt: 2, checkpointsPassed: 0 };
    const rolling: GroupState = {
      ...state,
      roll: { ...roll, failures: 4, failed: { at: 3, because: 'it' } },
    };
    expect(withRollPaused({ ...state, roll }, true, 9).roll).toEqual({ ...roll, isPaused: true });
    expect(withRollPaused(rolling, false, 9).roll).toEqual({ ...roll, progressAt: 9 });
    expect(withRollPaused(state, true, 9)).toEqual(state);
    expect(withoutRoll(rolling)).toEqual(state);
  });
});
