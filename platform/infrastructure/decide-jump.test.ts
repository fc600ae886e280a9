import { brandId, sha256OfText } from '@trencadis/ids';
import type { Vm } from '@trencadis/vmm';
import { expect, test } from 'vitest';
import { decideJump } from './decide-jump.ts';

/** On those networks (`net:address`), reached by SSH when said so. */
function vm(name: string, places: readonly string[], change: Partial<Vm> = {}): Vm {
  const addresses = places.map((place) => {
    const [network = '', address = ''] = place.split(':');
    return { network: brandId('NetworkName', network), address };
  });
  return {
    name: brandId('VmName', name),
    tag: brandId('Tag', 'inf-1'),
    status: 'running',
    image: { location: '/image', digest: sha256OfText('image') },
    cpuCount: 1,
    memoryMiB: 512,
    addresses,
    disks: [],
    hostKeys: [],
    ...change,
  };
}

const reached = { ssh: { host: '203.0.113.7', port: 2222, user: 'admin' } };
const inner = vm('inner', ['other:10.0.2.2', 'inside:10.0.1.5']);

test('a VM on private networks is reached through the first one that SSH reaches and that shares a network', () => {
  const front = vm('front', ['outside:203.0.113.7', 'inside:10.0.1.2'], reached);
  const others = [inner, vm('gate', ['inside:10.0.1.3'], reached), front];
  expect(decideJump(inner, others)).toEqual({ through: front, address: '10.0.1.5' });
});

test.each([
  ['is not reached itself', vm('front', ['inside:10.0.1.2'])],
  ['shares no network', vm('front', ['elsewhere:10.0.9.2'], reached)],
  ['is off', vm('front', ['inside:10.0.1.2'], { ...reached, status: 'stopped' })],
  ['is the VM itself', { ...inner, ...reached }],
])('never through one that %s', (_, other) => {
  expect(decideJump(inner, [other])).toBeUndefined();
});
