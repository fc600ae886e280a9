import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OutPorts, checkOutports, parseOutports } from './outports.ts';

const tcp = (from: number, to = from): OutPorts => ({ protocol: 'tcp', from, to });

describe('outports', () => {
  it.each<[string, readonly OutPorts[]]>([
    ['22', [tcp(22)]],
    ['80,443/tcp', [tcp(80), tcp(443)]],
    ['53/udp', [{ protocol: 'udp', from: 53, to: 53 }]],
    ['8080-80', [{ ...tcp(8080), localPort: 80 }]],
    ['8080/tcp-80/tcp', [{ ...tcp(8080), localPort: 80 }]],
    ['8080-8080', [tcp(8080)]],
    ['9000:9010/tcp', [tcp(9000, 9010)]],
    ['10.0.0.0/8-5432', [{ ...tcp(5432), source: '10.0.0.0/8' }]],
    ['10.0.0.0/8-1:9/udp', [{ protocol: 'udp', from: 1, to: 9, source: '10.0.0.0/8' }]],
    ['10.0.0.0/8-8080-80', [{ ...tcp(8080), localPort: 80, source: '10.0.0.0/8' }]],
    ['8/icmp', [{ protocol: 'icmp', from: 0, to: 0 }]],
    ['0/icmp-0/icmp', [{ protocol: 'icmp', from: 0, to: 0 }]],
    ['80,80/tcp', [tcp(80)]],
  ])('%s', (text, opened) => {
    expect(checkOutports(text)).toBeUndefined();
    expect(parseOutports(text)).toEqual(opened);
  });

  it.each(['70000', '9:1', '0-0/icmp', '22/sctp', '22 23', '', '300.0.0.0/8-22/sctp'])(
    'opens nothing for %s',
    (text) => expect(parseOutports(text)).toEqual([]),
  );

  it('opens the range where IM drops what follows it', () => {
    expect(parseOutports('1:10-20')).toEqual([tcp(1, 10)]);
  });

  it('opens a port in all that it takes, and never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0 1 2 80 9 : / - , . tcp udp icmp'.split(' ')) }),
        (text) => {
          const opened = parseOutports(text);
          expect(opened.length > 0 || checkOutports(text) !== undefined).toBe(true);
          for (const { from, to } of opened)
            expect([from <= to, from >= 0, to <= 65_535]).not.toContain(false);
        },
      ),
    );
  });
});
