import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  firstFreeAddress,
  firstFreeSubnet,
  gatewayOf,
  ipv4Text,
  macOf,
  parseIpv4,
  parsePool,
  parseRange,
} from './subnets.ts';

const address = fc.ipV4();

describe('subnets', () => {
  test.prop([address])('reads the addresses that it writes', (text) => {
    expect(ipv4Text(parseIpv4(text) ?? -1)).toBe(text);
    expect(macOf(text)).toMatch(/^02:fc(:[0-9a-f]{2}){4}$/);
  });

  it.each(['', '1.2.3', '1.2.3.256', '1.2.3.4/33', 'default', '1.2.3.4/x'])(
    'reads no range from %j',
    (text) => {
      expect(parseRange(text)).toBeUndefined();
    },
  );

  test.prop([fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 22, max: 32 })))])(
    'gives a /24 of the pool that overlaps nothing taken, or none',
    (blocks) => {
      const pool = parsePool('10.9.0.0/21');
      const taken = blocks.flatMap(([third, length]) => parseRange(`10.9.${third}.77/${length}`) ?? []);
      const free = firstFreeSubnet(pool, taken);
      const isTaken = (third: number) =>
        taken.some(({ first, size }) => {
          const start = pool.first + third * 256;
          return first < start + 256 && start < first + size;
        });
      const expected = [0, 1, 2, 3, 4, 5, 6, 7].find((third) => !isTaken(third));
      expect(free).toBe(expected === undefined ? undefined : `10.9.${expected}.0/24`);
    },
  );

  it("gives machines each address of a subnet once, and never the host's own", () => {
    const taken = new Set<string>();
    for (;;) {
      const next = firstFreeAddress('10.9.1.0/24', taken);
      if (next === undefined) break;
      taken.add(next);
    }
    expect(taken.size).toBe(253);
    expect(taken).not.toContain(gatewayOf('10.9.1.0/24'));
    expect(taken).not.toContain('10.9.1.255');
  });

  it.each(['10.0.0.0/25', 'nonsense', '10.0.0.1'])('takes no pool %j', (text) => {
    expect(() => parsePool(text)).toThrow(text);
  });
});
