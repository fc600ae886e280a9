import { brandId } from '@trencadis/ids';
import type { NetworkSpec, OpenPorts } from '@trencadis/vmm';
import { describe, expect, it } from 'vitest';
import {
  hasInsidePermission,
  insidePermission,
  openPortsOf,
  permissionOf,
  ruleChanges,
  rulesOf,
  wantedRules,
} from './open-ports.ts';

const network = (openPorts: readonly OpenPorts[], kind: NetworkSpec['kind'] = 'public'): NetworkSpec => ({
  name: brandId('NetworkName', 'net'),
  tag: brandId('Tag', 'inf-test'),
  kind,
  openPorts,
});
const keysOf = (rules: ReturnType<typeof wantedRules>) =>
  rules.map(({ protocol, from, to, source }) => `${protocol} ${from}-${to} ${source}`);

describe('the rules of a security group', () => {
  it('let SSH in on a public network, and nothing on a private one', () => {
    expect(keysOf(wantedRules(network([])))).toEqual(['tcp 22-22 0.0.0.0/0']);
    expect(wantedRules(network([{ protocol: 'tcp', from: 80, to: 80 }], 'private'))).toEqual([]);
  });

  it('come back as the ports that were asked for, without what the platform opens by itself', () => {
    const asked: OpenPorts[] = [
      { protocol: 'icmp', from: 0, to: 0 },
      { protocol: 'tcp', from: 80, to: 80 },
      { protocol: 'tcp', from: 104, to: 110, source: '10.1.0.0/16' },
      { protocol: 'udp', from: 0, to: 65_535 },
    ];
    const permissions = [...wantedRules(network(asked)).map(permissionOf), insidePermission('sg-1')];
    expect(openPortsOf(permissions)).toEqual(asked);
    expect(hasInsidePermission(permissions, 'sg-1')).toBe(true);
    expect(hasInsidePermission(permissions, 'sg-2')).toBe(false);
  });

  it('tell SSH where it was asked for', () => {
    const ssh: OpenPorts = { protocol: 'tcp', from: 22, to: 22 };
    const rules = wantedRules(network([ssh, ssh]));
    expect(keysOf(rules)).toEqual(['tcp 22-22 0.0.0.0/0']);
    expect(openPortsOf(rules.map(permissionOf))).toEqual([ssh]);
  });

  it('change by what is new and what is no more', () => {
    const before = rulesOf(
      wantedRules(
        network([
          { protocol: 'tcp', from: 80, to: 80 },
          { protocol: 'tcp', from: 443, to: 443 },
        ]),
      ).map(permissionOf),
    );
    const after = wantedRules(
      network([
        { protocol: 'tcp', from: 443, to: 443 },
        { protocol: 'udp', from: 53, to: 53 },
      ]),
    );
    const { opened, closed } = ruleChanges(before, after);
    expect(keysOf(opened)).toEqual(['udp 53-53 0.0.0.0/0']);
    expect(keysOf(closed)).toEqual(['tcp 80-80 0.0.0.0/0']);
    expect(ruleChanges(after, after)).toEqual({ opened: [], closed: [] });
  });

  it.each([
    [{ protocol: 'tcp', from: 80, to: 79 }, 'invalid-argument'],
    [{ protocol: 'tcp', from: 1, to: 65_536 }, 'invalid-argument'],
    [{ protocol: 'tcp', from: 80, to: 80, source: 'everywhere' }, 'invalid-argument'],
    [{ protocol: 'tcp', from: 80, to: 80, localPort: 8080 }, 'unsupported'],
  ] as const)('are not made of %o', (ports, code) => {
    expect(() => wantedRules(network([ports]))).toThrow(expect.objectContaining({ code }));
  });
});
