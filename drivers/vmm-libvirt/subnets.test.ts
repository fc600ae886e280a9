import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { parseRoutes } from './routes.ts';
import {
  freeAddresses,
  freeSubnets,
  gatewayOf,
  isInside,
  macOf,
  netmaskOf,
  overlap,
  parsePool,
  parseRange,
  prefixOf,
} from './subnets.ts';

const pool = parsePool('10.207.0.0/16');

describe('subnets', () => {
  test.prop([fc.array(fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 8, max: 30 })), { maxLength: 20 })])(
    'that are free overlap nothing taken',
    (pairs) => {
      const taken = pairs.map(([first, bits]) => ({ first, size: 2 ** (32 - bits) }));
      const [first] = freeSubnets(pool, taken);
      const range = parseRange(first ?? '');
      if (range !== undefined) expect(taken.some((each) => overlap(each, range))).toBe(false);
    },
  );

  it('have a host, a mask and addresses for VMs', () => {
    expect([...freeSubnets(pool, [{ first: pool.first, size: 256 }])][0]).toBe('10.207.1.0/24');
    expect([gatewayOf('198.18.77.0/28'), netmaskOf('198.18.77.0/28')]).toEqual([
      '198.18.77.1',
      '255.255.255.240',
    ]);
    expect(prefixOf('255.255.255.240')).toBe(28);
    expect([...freeAddresses('198.18.77.0/29', new Set(['198.18.77.3']))]).toEqual([
      '198.18.77.2',
      '198.18.77.4',
      '198.18.77.5',
      '198.18.77.6',
    ]);
    expect(isInside('198.18.78.1', { first: 3323088128, size: 16 })).toBe(false);
    expect(macOf('10.207.0.5')).toBe('52:54:0a:cf:00:05');
    expect(() => parsePool('10.0.0.0/25')).toThrow('len <= 24');
  });

  it('of routes are read as the kernel writes them', () => {
    const text =
      'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t0101A8C0\t3\t0\t0\t0\t00000000\nvirbr0\t007AA8C0\t00000000\t1\t0\t0\t0\t00FFFFFF\n';
    expect(parseRoutes(text)).toEqual([parseRange('192.168.122.0/24')]);
  });
});
