import { expect, it } from 'vitest';
import { isInSubnet, isSubnetPattern, subnetLike } from './ipv4.ts';

it('knows ranges, with numbers that are open', () => {
  for (const text of ['10.0.0.0/24', '10.*.*.0/24', '0.0.0.0/0']) expect(isSubnetPattern(text)).toBe(true);
  for (const text of [
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.300/24',
    '10.0.0.0/24/1',
    '10.0.1*.0/24',
    'fd00::/8',
  ])
    expect(isSubnetPattern(text)).toBe(false);
});

it('fills in open numbers from an address', () => {
  expect(subnetLike('10.0.*.0/24', '1.2.3.4')).toBe('10.0.3.0/24');
});

it.each([
  ['10.0.1.7', '10.0.1.0/24', true],
  ['10.0.2.7', '10.0.1.0/24', false],
  ['10.0.2.7', '10.0.*.0/24', true],
  ['10.1.2.7', '10.0.*.0/24', false],
  ['192.168.0.1', '0.0.0.0/0', true],
  ['10.0.0.129', '10.0.0.128/25', true],
])('%s in %s: %s', (address, range, isInside) => expect(isInSubnet(address, range)).toBe(isInside));
