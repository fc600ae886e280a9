import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { enclosing, formatRange, freeParts, holds, overlap, parseAddress, parseRange } from './ranges.ts';

const range = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 8, max: 28 }))
  .map(([address, length]) => enclosing({ first: address, length: 32 }, length));

describe('IPv4 ranges', () => {
  test.prop([range])('are read as they are written', (one) => {
    expect(parseRange(formatRange(one))).toEqual(one);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.1/24', '256.0.0.0/8', '10.0.0/8', '10.0.0.0/8x', ''])(
    'are not %j',
    (text) => expect(parseRange(text)).toBeUndefined(),
  );

  it('hold their addresses', () => {
    const net = { first: 10 * 2 ** 24, length: 24 };
    expect(holds(net, parseAddress('10.0.0.255') ?? 0)).toBe(true);
    expect(holds(net, parseAddress('10.0.1.0') ?? 0)).toBe(false);
    expect(parseAddress('10.0.0.256')).toBeUndefined();
  });

  test.prop([fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 8 })])(
    'leave the parts that nobody has, in order and apart from each other',
    (numbers) => {
      const net = { first: 10 * 2 ** 24, length: 16 };
      const taken = numbers.map((number) => ({ first: net.first + number * 256, length: 24 }));
      const free = freeParts(net, 24, taken);
      expect(free).toHaveLength(256 - new Set(numbers).size);
      for (const part of free) expect(taken.some((each) => overlap(each, part))).toBe(false);
      expect(free.map(({ first }) => first)).toEqual(
        free.map(({ first }) => first).toSorted((one, other) => one - other),
      );
    },
  );

  it('have no part that is larger than they are', () => {
    expect(freeParts({ first: 0, length: 28 }, 24, [])).toEqual([]);
  });
});
