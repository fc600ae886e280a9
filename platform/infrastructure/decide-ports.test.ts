import { brandId } from '@trencadis/ids';
import type { OpenPorts } from '@trencadis/vmm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidePorts, wordsOf } from './decide-ports.ts';
import type { DesiredNetwork } from './model.ts';

const network: DesiredNetwork = {
  vmm: 'memory',
  name: brandId('NetworkName', 'public'),
  tag: brandId('Tag', 'inf-aaaaaaaa'),
  kind: 'public',
};
const tcp = (from: number, to = from): OpenPorts => ({ protocol: 'tcp', from, to });
const changesFrom = (before: readonly OpenPorts[], after: readonly OpenPorts[], kind = network.kind) =>
  decidePorts(
    [{ ...network, kind, openPorts: after }],
    [{ ...network, kind, subnet: '10.0.0.0/24', openPorts: before }],
  );

describe('open ports', () => {
  it('are written so that a person understands them', () => {
    const all: OpenPorts[] = [
      { ...tcp(8080), localPort: 80 },
      tcp(9000, 9010),
      { protocol: 'udp', from: 53, to: 53, source: '10.0.0.0/8' },
      { protocol: 'icmp', from: 0, to: 0 },
    ];
    expect(wordsOf(all)).toEqual(['icmp', '53/udp for 10.0.0.0/8', '8080 to 80/tcp', '9000-9010/tcp']);
  });

  it('of a network that is there are opened and closed', () => {
    const [change] = changesFrom([tcp(80), tcp(81)], [tcp(81), tcp(443)]);
    expect(change).toMatchObject({
      opened: ['81/tcp', '443/tcp'],
      closed: ['80-81/tcp'],
      previous: [tcp(80), tcp(81)],
    });
  });

  it.each<[string, readonly OpenPorts[], readonly OpenPorts[]]>([
    ['their order', [tcp(1), tcp(5)], [tcp(5), tcp(1)]],
    ['ranges that meet', [tcp(1, 5), tcp(6, 9)], [tcp(1, 9)]],
    ['everybody, said or not', [{ ...tcp(1), source: '0.0.0.0/0' }], [tcp(1)]],
    ['a mapping to itself', [{ ...tcp(1), localPort: 1 }], [tcp(1)]],
    ['types of ICMP', [{ protocol: 'icmp', from: 8, to: 8 }], [{ protocol: 'icmp', from: 0, to: 0 }]],
  ])('are the same whatever %s', (_, before, after) => expect(changesFrom(before, after)).toEqual([]));

  it('of a private network, or of one that is not there yet, are no change', () => {
    expect(changesFrom([], [tcp(80)], 'private')).toEqual([]);
    expect(decidePorts([{ ...network, openPorts: [tcp(80)] }], [])).toEqual([]);
  });

  it('say the same exactly when they let in the same', () => {
    const range = fc.tuple(fc.nat(12), fc.nat(4)).map(([from, more]) => tcp(from, from + more));
    const open = (ports: readonly OpenPorts[]) =>
      Array.from({ length: 20 }, (_, port) =>
        ports.some(({ from, to }) => from <= port && port <= to),
      ).join();
    fc.assert(
      fc.property(fc.array(range, { maxLength: 4 }), fc.array(range, { maxLength: 4 }), (one, other) => {
        expect(wordsOf(one).join() === wordsOf(other).join()).toBe(open(one) === open(other));
      }),
    );
  });
});
