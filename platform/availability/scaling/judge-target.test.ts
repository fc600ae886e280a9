import { describe, expect, it } from 'vitest';
import type { ScalingInput, ScalingPolicy } from '../model.ts';
import { inputOf, serviceOf, tracking } from '../testing/scaling-site.ts';
import { judgeTarget } from './judge-target.ts';

type Target = Extract<ScalingPolicy, { kind: 'target' }>;

function wishOf(
  values: readonly (number | undefined)[],
  { policy = {}, ...over }: Partial<ScalingInput> & { readonly policy?: Parameters<typeof tracking>[0] } = {},
) {
  const target = tracking(policy) as Target;
  return judgeTarget(inputOf(serviceOf([target]), values, over), target).wish;
}

describe('target tracking (AS-08)', () => {
  it('asks for ceil(n * u)', () => {
    expect(wishOf([100, 100])).toBe(4);
    expect(wishOf([60, 60, 60])).toBe(4);
    expect(wishOf([10, 10, 10, 10])).toBe(1);
    expect(wishOf([0, 0, 0])).toBe(0);
    expect(wishOf([0.9], { policy: { target: 0.3, metric: 'cpu' } })).toBe(3);
  });

  it('keeps what is within the tolerance, both ends included', () => {
    expect(wishOf([55, 55, 55])).toBeUndefined();
    expect(wishOf([45, 45, 45])).toBeUndefined();
    expect(wishOf([55.1, 55.1, 55.1])).toBe(4);
    expect(wishOf([44.9, 44.9, 44.9, 44.9, 44.9])).toBeUndefined();
    expect(wishOf([39, 39, 39, 39, 39])).toBe(4);
  });

  it('counts replicas without a sample as full when there is too little load', () => {
    // (4 * 10 + 100) / 5 = 28: u' = 0.56, ceil(0.56 * 5) = 3, not ceil(0.2 * 5) = 1.
    expect(wishOf([10, 10, 10, 10, undefined])).toBe(3);
    // (10 + 100) / 2 = 55 turns it round.
    expect(wishOf([10, undefined])).toBeUndefined();
  });

  it('counts them as at the target where there is no 100 %', () => {
    // (10 + 50) / 2 = 30: ceil(0.6 * 2) = 2.
    expect(wishOf([undefined], { policy: { metric: 'requests' } })).toBeUndefined();
    const target = tracking({ metric: 'requests' }) as Target;
    const input = inputOf(serviceOf([target]), [10, 10, 10, undefined]);
    const samples = { byReplica: { requests: input.samples.byReplica['cpu']! }, ofGroup: {} };
    // (30 + 50) / 4 = 20: ceil(0.4 * 4) = 2.
    expect(judgeTarget({ ...input, samples }, target).wish).toBe(2);
  });

  it('counts them as idle when there is too much', () => {
    // 180 / 3 = 60: u' = 1.2, ceil(3.6) = 4, not ceil(1.8 * 3) = 6.
    expect(wishOf([90, 90, undefined])).toBe(4);
    // 100 / 2 = 50 is the target.
    expect(wishOf([100, undefined])).toBeUndefined();
  });

  it('counts what boots or warms up as idle when there is too much', () => {
    // 300 / 4 = 75: u' = 1.5, 6.
    expect(wishOf([100, 100, 100], { capacity: 4, desired: 4 })).toBe(6);
    // 270 / 5 = 54 is within the tolerance, not ceil(1.8 * 3) = 6.
    expect(wishOf([90, 90, 90], { capacity: 5, desired: 5 })).toBeUndefined();
    // 200 / 8 = 25 turns it round.
    expect(wishOf([100, 100], { capacity: 8, desired: 8 })).toBeUndefined();
    expect(wishOf([10, 10, 10, 10], { capacity: 6, desired: 6 })).toBe(1);
  });

  it('never goes against the direction that is measured', () => {
    expect(wishOf([60, 60], { capacity: 2, desired: 5 })).toBeUndefined();
  });

  it('takes none by its own rule where it shall only add', () => {
    expect(wishOf([10, 10, 10], { policy: { scalesIn: false } })).toBeUndefined();
    expect(wishOf([100, 100], { policy: { scalesIn: false } })).toBe(4);
  });
});
