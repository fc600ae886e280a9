import { describe, expect, it } from 'vitest';
import { parsePorts, portsProblem, portsText, rulesOf } from './ports.ts';

describe('ports', () => {
  const ports = [
    { protocol: 'tcp', from: 443, to: 443, localPort: 443 },
    { protocol: 'udp', from: 9000, to: 9010, source: '192.0.2.0/24' },
    { protocol: 'icmp', from: 0, to: 0 },
  ] as const;

  it('are kept in a mark, and none are something else than not told', () => {
    expect(parsePorts(portsText(ports))).toEqual(ports);
    expect(parsePorts(portsText([]))).toEqual([]);
    expect(portsText(undefined)).toBe('');
    expect(parsePorts(undefined)).toBeUndefined();
  });

  it('are rules beside SSH and those of the same network', () => {
    expect(rulesOf(ports, 7)).toEqual([
      { PROTOCOL: 'ALL', RULE_TYPE: 'outbound' },
      { PROTOCOL: 'ALL', RULE_TYPE: 'inbound', NETWORK_ID: 7 },
      { PROTOCOL: 'TCP', RULE_TYPE: 'inbound', RANGE: '22' },
      { PROTOCOL: 'TCP', RULE_TYPE: 'inbound', RANGE: '443' },
      { PROTOCOL: 'UDP', RULE_TYPE: 'inbound', RANGE: '9000:9010', IP: '192.0.2.0', SIZE: 256 },
      { PROTOCOL: 'ICMP', RULE_TYPE: 'inbound' },
    ]);
  });

  it.each([
    [{ protocol: 'tcp', from: 80, to: 80, localPort: 8080 }, 'unsupported'],
    [{ protocol: 'tcp', from: 90, to: 80 }, 'invalid-argument'],
    [{ protocol: 'tcp', from: 80, to: 70_000 }, 'invalid-argument'],
    [{ protocol: 'tcp', from: 80, to: 80, source: '10.0.0.1/8' }, 'invalid-argument'],
  ] as const)('are not %j: %s', (port, code) => {
    expect(portsProblem([port])?.code).toBe(code);
  });
});
