import { BlockList } from 'node:net';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from './addresses.ts';
import {
  contains,
  enclosing,
  formatRange,
  freeParts,
  overlap,
  parseRange,
  parseRangeAround,
  rangeOf,
  sizeOf,
  spanning,
} from './ranges.ts';

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const range = fc
  .tuple(address, fc.integer({ min: 0, max: 32 }))
  .map(([each, length]) => enclosing(each, length));
/** Inside of 10.0.0.0/16, so that several meet. */
const near = fc
  .tuple(fc.nat(2 ** 16 - 1), fc.integer({ min: 16, max: 32 }))
  .map(([offset, length]) => enclosing(10 * 2 ** 24 + offset, length));
const last = (each: { readonly first: number; readonly length: number }) => each.first + sizeOf(each) - 1;

describe('a range', () => {
  test.prop([range])('is read as it is written', (one) => {
    expect(parseRange(formatRange(one))).toEqual(one);
    expect(rangeOf(formatRange(one))).toEqual(one);
  });

  test.prop([range, fc.nat()])('is read around each of its addresses', (one, number) => {
    const inside = one.first + (number % sizeOf(one));
    const text = `${formatAddress(inside)}/${one.length}`;
    expect(parseRangeAround(text)).toEqual(one);
    expect(parseRange(text)).toEqual(inside === one.first ? one : undefined);
  });

  const nothing = ['', '10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/08', '10.0.0/24', '256.0.0.0/8'];
  it.each([...nothing, '10.0.0.0/24/8', '10.0.0.0/24 ', '10.0.0.0/8x', '1..2.3/8', 'fd00::/8', 'a/24'])(
    'is not %j',
    (text) => {
      expect(parseRange(text)).toBeUndefined();
      expect(parseRangeAround(text)).toBeUndefined();
      expect(() => rangeOf(text)).toThrow(expect.objectContaining({ code: 'internal' }));
    },
  );

  test.prop([near, near])('holds its addresses, as Node sees it', (one, other) => {
    const list = new BlockList();
    list.addSubnet(formatAddress(one.first), one.length);
    for (const each of [other.first, last(other), one.first, last(one), one.first - 1, last(one) + 1])
      expect(contains(one, each)).toBe(list.check(formatAddress(each)));
    expect(contains(one, undefined)).toBe(false);
  });

  test.prop([near, near])('overlaps another that has an address of it', (one, other) => {
    const hasCommon = contains(one, other.first) || contains(other, one.first);
    expect(overlap(one, other)).toBe(hasCommon);
    expect(overlap(other, one)).toBe(hasCommon);
  });

  test.prop([address, address])('spans two addresses, and no smaller one does', (one, other) => {
    const found = spanning(one, other);
    expect(contains(found, one) && contains(found, other)).toBe(true);
    if (found.length < 32) expect(contains(enclosing(one, found.length + 1), other)).toBe(false);
  });

  it('has parts up to the last address there is', () => {
    expect([...freeParts(rangeOf('255.255.255.252/30'), 31, [])].map(formatRange)).toEqual([
      '255.255.255.252/31',
      '255.255.255.254/31',
    ]);
    expect(parseAddress('255.255.255.255')).toBe(last(rangeOf('255.255.255.252/30')));
  });

  test.prop([fc.array(near, { maxLength: 8 })])(
    'has the free parts that overlap nothing taken, in order',
    (taken) => {
      const whole = rangeOf('10.0.0.0/20');
      const all = Array.from({ length: 16 }, (_, index) => rangeOf(`10.0.${index}.0/24`));
      const expected = all.filter((part) => !taken.some((each) => overlap(each, part)));
      expect([...freeParts(whole, 24, taken)]).toEqual(expected);
    },
  );

  it('has no part that is larger than it is', () => {
    expect([...freeParts(rangeOf('10.0.0.0/28'), 24, [])]).toEqual([]);
  });
});
