import { describe, expect, it } from 'vitest';
import { freeSubnets, parsePool } from './address-pool.ts';
import { formatRange, rangeOf } from './ranges.ts';

describe('an address pool', () => {
  it('is a range, told by any address of it', () => {
    expect(parsePool('10.203.0.1/16', 'local networks')).toEqual({
      text: '10.203.0.1/16',
      range: rangeOf('10.203.0.0/16'),
    });
  });

  it.each(['10.0.0.0/25', 'nonsense', '10.0.0.1'])('is not %j', (text) => {
    expect(() => parsePool(text, 'local networks')).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message: `'${text}' cannot be the address pool of local networks: give an IPv4 range a.b.c.d/len with len <= 24.`,
      }),
    );
  });

  it.each([
    ['10.0.0.0/16', ['10.0.0.0/23'], '10.0.2.0/24'],
    ['10.0.0.0/16', ['10.0.0.7/32'], '10.0.1.0/24'],
    ['10.0.0.0/24', ['10.0.0.128/25'], undefined],
    ['10.0.0.0/23', ['10.0.0.0/8'], undefined],
    ['10.0.0.0/28', [], '10.0.0.0/28'],
  ])('%s without %j gives %s', (pool, taken, expected) => {
    const [free] = freeSubnets(rangeOf(pool), taken.map(rangeOf));
    expect(free && formatRange(free)).toBe(expected);
  });
});
