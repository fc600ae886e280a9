import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from './addresses.ts';
import { freeAddresses, gatewayOf, isMachineAddress, machineAddresses } from './machine-addresses.ts';
import { rangeOf } from './ranges.ts';

describe('addresses for machines', () => {
  test.prop([fc.integer({ min: 24, max: 32 })])('are each given once, and no other one', (length) => {
    const range = rangeOf(`10.9.1.0/${length}`);
    const { first, last, count } = machineAddresses(range);
    const given = [...freeAddresses(range, new Set())];
    expect(given).toHaveLength(count);
    expect(new Set(given).size).toBe(count);
    if (count > 0) expect([given.at(0), given.at(-1)]).toEqual([first, last].map(formatAddress));
    for (let address = range.first - 1; address <= range.first + 2 ** (32 - length); address += 1)
      expect(isMachineAddress(range, address)).toBe(given.includes(formatAddress(address)));
  });

  it('are not those of the range, the gateway and broadcast, nor taken ones', () => {
    const range = rangeOf('198.18.77.0/29');
    expect(gatewayOf(range)).toBe('198.18.77.1');
    const free = [...freeAddresses(range, new Set(['198.18.77.3']))];
    expect(free).toEqual(['198.18.77.2', '198.18.77.4', '198.18.77.5', '198.18.77.6']);
    expect(isMachineAddress(range, parseAddress('no address'))).toBe(false);
  });
});
