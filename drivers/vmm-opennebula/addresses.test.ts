import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { openNebulaCredentials, sessionOf } from './credentials.ts';
import { parseEndpoint } from './endpoint.ts';
import { parsePorts, portsProblem, portsText, rulesOf } from './ports.ts';
import {
  addressText,
  freeSubnet,
  hostsOf,
  lengthOfMask,
  maskText,
  overlap,
  parseAddress,
  parseSubnet,
  spanning,
  subnetText,
} from './subnets.ts';

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('subnets', () => {
  test.prop([address])('write addresses that they read', (number) => {
    expect(parseAddress(addressText(number))).toBe(number);
  });

  test.prop([fc.integer({ min: 0, max: 32 })])('know the length of their mask', (length) => {
    expect(lengthOfMask(maskText(length))).toBe(length);
  });

  test.prop([address, address])('span both addresses, and no smaller one does', (one, other) => {
    const subnet = spanning(Math.min(one, other), Math.max(one, other));
    expect(overlap(subnet, { base: one, length: 32 })).toBe(true);
    expect(overlap(subnet, { base: other, length: 32 })).toBe(true);
    expect(parseSubnet(subnetText(subnet))).toEqual(subnet);
  });

  it.each([
    '',
    '10.0.0.0',
    '10.0.0.1/24',
    '10.0.0/24',
    '10.0.0.0/33',
    '10.0.0.256/32',
    '10.0.0.0/24/8',
    'a/24',
  ])('are not %j', (text) => {
    expect(parseSubnet(text)).toBeUndefined();
  });

  it('are taken where they are free', () => {
    const pool = { base: 10 * 2 ** 24, length: 23 };
    const first = { base: pool.base, length: 24 };
    expect(freeSubnet(pool, [])).toEqual(first);
    expect(freeSubnet(pool, [{ base: pool.base + 7, length: 32 }])).toEqual({
      base: pool.base + 256,
      length: 24,
    });
    expect(freeSubnet(pool, [pool])).toBeUndefined();
    expect(hostsOf(first)).toEqual({ first: pool.base + 2, count: 253 });
  });
});

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

describe('an endpoint', () => {
  it.each([
    ['one.example', 'http://one.example:2633/RPC2'],
    ['one.example:2634', 'http://one.example:2634/RPC2'],
    ['http://one.example', 'http://one.example:2633/RPC2'],
    ['http://one.example:80', 'http://one.example/RPC2'],
    ['http://one.example:2633/RPC2', 'http://one.example:2633/RPC2'],
    ['https://one.example/RPC2', 'https://one.example/RPC2'],
    ['https://one.example/cloud/rpc', 'https://one.example/cloud/rpc'],
  ])('%s is %s', (text, url) => {
    expect(parseEndpoint(text).href).toBe(url);
  });

  it.each([undefined, '', 'ftp://one.example', 'http://ana:pw@one.example', 'http://'])(
    'is not %j',
    (text) => {
      expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    },
  );
});

describe('credentials', () => {
  it('have a password or a token', () => {
    expect(sessionOf(openNebulaCredentials.parse({ username: 'ana', password: 'a:b' }))).toBe('ana:a:b');
    expect(sessionOf(openNebulaCredentials.parse({ username: 'ana', token: 'f00' }))).toBe('ana:f00');
    expect(openNebulaCredentials.safeParse({ username: 'ana' }).success).toBe(false);
    expect(openNebulaCredentials.safeParse({ username: 'ana', password: 'a', token: 'b' }).success).toBe(
      false,
    );
  });

  it('never repeat a value', () => {
    const wrong = {
      username: 'Sek:ret',
      password: 'Sekret'.repeat(1000),
      caCertificate: 'Sekret',
      networkDriver: 'Sekret',
      addressPool: 'Sekret',
    };
    const { error } = openNebulaCredentials.safeParse(wrong);
    expect(error?.issues.length).toBeGreaterThanOrEqual(5);
    expect(error?.message).not.toMatch(/Sek/);
  });
});
