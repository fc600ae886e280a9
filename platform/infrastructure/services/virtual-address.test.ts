import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { lastAddressOf } from './virtual-address.ts';

const name = brandId('NetworkName', 'private');

describe('the address of a pair of balancers', () => {
  it.each([
    ['10.0.0.0/24', '10.0.0.254'],
    ['10.0.64.0/18', '10.0.127.254'],
    ['192.168.1.16/28', '192.168.1.30'],
    ['192.168.1.17/28', '192.168.1.30'],
    ['240.0.0.0/4', '255.255.255.254'],
  ])('is the last of %s that a host may have', (subnet, address) => {
    expect(lastAddressOf({ name, subnet })).toBe(address);
  });

  it.each(['', 'fd00::/64', '10.0.0.0', '0.0.0.0/32'])(
    'is asked for where the network tells its range as "%s"',
    (subnet) => {
      expect(() => lastAddressOf({ name, subnet })).toThrow('give balancer.address');
    },
  );
});
