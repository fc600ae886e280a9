import fc from 'fast-check';
import { expect, test } from 'vitest';
import { intersect, intervalOfComparison, isEmptyInterval, valueOfInterval } from './intervals.ts';
import type { Interval } from './model.ts';
import { bytesPerUnit, toBytes } from './quantities.ts';

const operator = fc.constantFrom('=', '<', '<=', '>', '>=' as const);
const interval: fc.Arbitrary<Interval> = fc
  .array(fc.tuple(operator, fc.integer({ min: 0, max: 9 })), { maxLength: 3 })
  .map((all) => all.map(([op, value]) => intervalOfComparison(op, value)).reduce(intersect, {}));

function contains({ low, high }: Interval, value: number): boolean {
  const isAbove = low === undefined || (low.isStrict ? value > low.value : value >= low.value);
  const isBelow = high === undefined || (high.isStrict ? value < high.value : value <= high.value);
  return isAbove && isBelow;
}

test('merging does not depend on the order', () => {
  fc.assert(
    fc.property(interval, interval, (a, b) => {
      expect(intersect(a, b)).toEqual(intersect(b, a));
    }),
  );
});

test('merging does not depend on the grouping', () => {
  fc.assert(
    fc.property(interval, interval, interval, (a, b, c) => {
      expect(intersect(intersect(a, b), c)).toEqual(intersect(a, intersect(b, c)));
    }),
  );
});

test('a number is in the merged interval when it is in both', () => {
  const half = fc.integer({ min: 0, max: 20 }).map((value) => value / 2);
  fc.assert(
    fc.property(interval, interval, half, (a, b, value) => {
      expect(contains(intersect(a, b), value)).toBe(contains(a, value) && contains(b, value));
    }),
  );
});

test('an interval is empty when no number is in it', () => {
  const candidates = Array.from({ length: 45 }, (_, index) => (index - 4) / 4);
  fc.assert(
    fc.property(interval, (each) => {
      expect(isEmptyInterval(each)).toBe(!candidates.some((value) => contains(each, value)));
    }),
  );
});

test('the value of an interval is its low end, else its high one', () => {
  expect(valueOfInterval({ low: { value: 2, isStrict: false }, high: { value: 4, isStrict: false } })).toBe(
    2,
  );
  expect(valueOfInterval({ high: { value: 4, isStrict: true } })).toBe(4);
  expect(valueOfInterval({})).toBeUndefined();
});

test.each([
  ['B', 1],
  ['k', 1e3],
  ['KB', 1e3],
  ['Ki', 2 ** 10],
  ['m', 1e6],
  ['MiB', 2 ** 20],
  ['G', 1e9],
  ['GI', 2 ** 30],
  ['T', 1e12],
  ['TiB', 2 ** 40],
  ['P', undefined],
])('one %s is %s bytes', (unit, bytes) => {
  expect(bytesPerUnit(unit)).toBe(bytes);
});

test('sizes are whole bytes', () => {
  expect(toBytes(1.1, 'G')).toBe(1_100_000_000);
  expect(toBytes(512)).toBe(512);
});
