import { describe, expect, it } from 'vitest';
import { serviceOf } from '../testing/scaling-site.ts';
import { limitRate, recordChange } from './limit-rate.ts';
import { type Recommendations, remember, stabilize } from './stabilize.ts';

const windows = (upMs: number, downMs: number) => serviceOf([], { stabilization: { upMs, downMs } }).scaling;

describe('stabilisation (AS-10)', () => {
  it('takes no more than the least of W_up, no less than the most of W_down', () => {
    const spec = windows(60_000, 300_000);
    const past: Recommendations = [
      { at: 690_000, desired: 9 },
      { at: 700_000, desired: 6 },
      { at: 940_000, desired: 5 },
      { at: 1_000_000, desired: 2 },
    ];
    expect(stabilize(past, { now: 1_000_000, desired: 8, wanted: 2 }, spec)).toBe(6);
    expect(stabilize(past, { now: 1_000_001, desired: 8, wanted: 2 }, spec)).toBe(5);
    expect(stabilize(past, { now: 1_000_000, desired: 4, wanted: 2 }, spec)).toBe(4);
    const rising = [...past.slice(0, 3), { at: 1_000_000, desired: 7 }];
    expect(stabilize(rising, { now: 1_000_000, desired: 3, wanted: 7 }, spec)).toBe(5);
    expect(stabilize(rising, { now: 1_000_001, desired: 3, wanted: 7 }, spec)).toBe(7);
  });

  it('goes up at once and down after 300 s by default', () => {
    const spec = windows(0, 300_000);
    let past: Recommendations = [];
    const sizes = [4, 4, 2, 2].map((wanted, index) => {
      const now = index * 200_000;
      past = remember(past, now, wanted, spec);
      return stabilize(past, { now, desired: 4, wanted }, spec);
    });
    expect(sizes).toEqual([4, 4, 4, 2]);
  });

  it('remembers of equal ones in a row only the newest, and nothing older than the windows', () => {
    const spec = windows(0, 300_000);
    let past: Recommendations = [];
    for (const [at, desired] of [
      [0, 3],
      [5, 3],
      [10, 4],
      [15, 3],
      [20, 3],
    ] as const)
      past = remember(past, at, desired, spec);
    expect(past).toEqual([
      { at: 5, desired: 3 },
      { at: 10, desired: 4 },
      { at: 20, desired: 3 },
    ]);
    expect(remember(past, 300_011, 1, spec)).toEqual([
      { at: 20, desired: 3 },
      { at: 300_011, desired: 1 },
    ]);
  });
});

describe('rate limits (AS-11)', () => {
  const four = { amount: 4, unit: 'replicas', periodMs: 60_000 } as const;
  const half = { amount: 50, unit: 'percent', periodMs: 60_000 } as const;
  const limited = (
    limitChoice: 'max' | 'min' | 'disabled',
    changes: readonly { at: number; by: number }[] = [],
  ) => {
    const { scaling } = serviceOf([], { limits: { up: [four, half], down: [four, half] }, limitChoice });
    return (desired: number, wanted: number) =>
      limitRate(changes, { now: 100_000, desired, wanted }, scaling);
  };

  it('take the limit that lets most, or least, happen', () => {
    expect(limited('max')(5, 50)).toBe(9);
    expect(limited('min')(5, 50)).toBe(8);
    expect(limited('max')(5, 0)).toBe(1);
    expect(limited('min')(5, 0)).toBe(2);
    expect(limited('max')(5, 7)).toBe(7);
  });

  it('let nothing happen when disabled', () => {
    expect(limited('disabled')(5, 50)).toBe(5);
    expect(limited('disabled')(5, 1)).toBe(5);
  });

  it('reckon from the size at the beginning of the period', () => {
    const past = [
      { at: 40_000, by: 9 },
      { at: 40_001, by: 3 },
      { at: 90_000, by: -1 },
    ];
    // It was 5 - 2 = 3: 7 at most by number, ceil(4.5) = 5 by percent.
    expect(limited('max', past)(5, 50)).toBe(7);
    expect(limited('min', past)(5, 50)).toBe(5);
    expect(limited('min', past)(5, 0)).toBe(1);
  });

  it('round percentages in favour of the change', () => {
    const { scaling } = serviceOf([], { limits: { up: [half], down: [half] } });
    expect(limitRate([], { now: 0, desired: 1, wanted: 9 }, scaling)).toBe(2);
    expect(limitRate([], { now: 0, desired: 1, wanted: 0 }, scaling)).toBe(0);
    expect(limitRate([], { now: 0, desired: 5, wanted: 0 }, scaling)).toBe(2);
  });

  it('remember changes for the longest period', () => {
    const { scaling } = serviceOf([], { limits: { up: [four], down: [{ ...half, periodMs: 90_000 }] } });
    const changes = recordChange([{ at: 0, by: 1 }], 90_000, 2, scaling);
    expect(changes).toEqual([{ at: 90_000, by: 2 }]);
    expect(recordChange(changes, 100_000, 0, scaling)).toBe(changes);
    expect(recordChange(changes, 0, 1, serviceOf([]).scaling)).toEqual([]);
  });
});
