import type { BalancerSpec, FrontendSpec, PoolSpec } from '@trencadis/availability';
import { brandId } from '@trencadis/ids';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { drainingChange, memberChange, monitorBody, poolBody, rulesOf } from './bodies.ts';
import { differing } from './differs.ts';
import { readMarks } from './marks.ts';

const tag = brandId('Tag', 'inf-a');
const owner = { name: 'web', tag };
const check = {
  protocol: 'http',
  method: 'GET',
  path: '/health',
  status: 200,
  intervalMs: 2000,
  timeoutMs: 1000,
  fall: 3,
  rise: 2,
} as const;
const pool: PoolSpec = {
  name: 'web',
  protocol: 'http',
  algorithm: 'leastconn',
  isSticky: true,
  drainMs: 0,
  slowStartMs: 0,
  failsOpen: false,
  check,
};
const frontend: FrontendSpec = { name: 'in', port: 80, protocol: 'http', routes: [], defaultPool: 'web' };
const spec: BalancerSpec = { ...owner, frontends: [frontend], pools: [pool] };

describe('what is asked for, in the words of Octavia', () => {
  it('has a pool, its persistence and whose it is', () => {
    expect(poolBody(spec, pool, undefined)).toEqual({
      name: 'web-web',
      protocol: 'HTTP',
      lb_algorithm: 'LEAST_CONNECTIONS',
      session_persistence: { type: 'HTTP_COOKIE' },
      tls_enabled: false,
      ca_tls_container_ref: null,
      tags: ['trencadis', 'tag=inf-a', 'balancer=web', 'pool=web'],
    });
    expect(poolBody(spec, { ...pool, protocol: 'tcp', algorithm: 'source' }, undefined)).toMatchObject({
      protocol: 'TCP',
      lb_algorithm: 'SOURCE_IP',
      session_persistence: { type: 'SOURCE_IP' },
    });
  });

  it('encrypts towards members where a frontend speaks HTTP, and passes TLS through where it does not', () => {
    const tls: PoolSpec = { ...pool, protocol: 'https' };
    expect(poolBody(spec, tls, 'http://kept/1')).toMatchObject({
      protocol: 'HTTP',
      tls_enabled: true,
      ca_tls_container_ref: 'http://kept/1',
    });
    const passing: BalancerSpec = { ...spec, frontends: [{ ...frontend, protocol: 'tcp' }] };
    expect(poolBody(passing, tls, 'http://kept/1')).toMatchObject({
      protocol: 'HTTPS',
      tls_enabled: false,
      ca_tls_container_ref: null,
    });
  });

  it('checks for a status, with a host where one is told, and has a port of its own in the marks', () => {
    expect(monitorBody(spec, { ...pool, check: { ...check, host: 'a.example', port: 81 } })).toEqual({
      name: 'web-web',
      type: 'HTTP',
      delay: 2,
      timeout: 1,
      max_retries: 2,
      max_retries_down: 3,
      http_method: 'GET',
      url_path: '/health',
      expected_codes: '200',
      http_version: 1.1,
      domain_name: 'a.example',
      tags: ['trencadis', 'tag=inf-a', 'balancer=web', 'pool=web', 'check-port=81'],
    });
    expect(monitorBody(spec, { ...pool, check: { ...check, protocol: 'tcp' } })).not.toHaveProperty(
      'url_path',
    );
  });

  test.prop([fc.integer({ min: 1000, max: 600_000 }), fc.integer({ min: 1, max: 600_000 })])(
    'never checks more often, nor gives less time, nor more than the interval',
    (intervalMs, wanted) => {
      const timeoutMs = Math.min(wanted, intervalMs);
      const body = monitorBody(spec, { ...pool, check: { ...check, intervalMs, timeoutMs } });
      expect(body.delay * 1000).toBeGreaterThanOrEqual(intervalMs);
      expect(body.timeout * 1000).toBeGreaterThanOrEqual(timeoutMs);
      expect(body.timeout).toBeLessThanOrEqual(body.delay);
    },
  );

  it('drains by weight, and disables a member beside where clients stick to it', () => {
    const joined = memberChange(owner, { name: brandId('VmName', 'vm-1'), pool: 'web', weight: 70 }, 81);
    expect(joined).toMatchObject({ weight: 70, admin_state_up: true, monitor_port: 81 });
    expect(drainingChange(joined, false)).toMatchObject({ weight: 0, admin_state_up: true });
    expect(drainingChange(joined, true)).toMatchObject({ weight: 0, admin_state_up: false });
    expect(readMarks(drainingChange(joined, true).tags)).toMatchObject({
      vm: 'vm-1',
      weight: '70',
      draining: 'yes',
    });
  });
});

describe('routes', () => {
  const takes = (route: FrontendSpec['routes'][number], host: string, path: string) =>
    rulesOf(route).every(({ type, compare_type: how, value }) => {
      const text = type === 'PATH' ? path : host;
      return how === 'REGEX' ? new RegExp(value).test(text) : text.startsWith(value);
    });

  it.each([
    [{ pathPrefix: '/three' }, 'a', '/three', true],
    [{ pathPrefix: '/three' }, 'a', '/three/x', true],
    [{ pathPrefix: '/three' }, 'a', '/threefold', false],
    [{ pathPrefix: '/a.b' }, 'a', '/axb', false],
    [{ pathPrefix: '/dir/' }, 'a', '/dir/x', true],
    [{ pathPrefix: '/' }, 'a', '/anything', true],
    [{ host: 'two.example' }, 'two.example', '/', true],
    [{ host: 'two.example' }, 'two.example:8080', '/', true],
    [{ host: 'two.example' }, 'twoxexample', '/', false],
    [{ host: 'two.example' }, 'a.two.example', '/', false],
    [{ host: '*.example' }, 'two.example', '/', true],
    [{ host: 'two.example', pathPrefix: '/x' }, 'two.example', '/y', false],
    [{}, 'any', '/', true],
  ])('%j takes %s%s: %s', (route, host, path, expected) => {
    expect(takes({ ...route, pool: 'web' }, host, path)).toBe(expected);
  });
});

describe('what differs', () => {
  it('leaves out what is there already, in whatever order and with whatever Octavia adds', () => {
    const there = {
      weight: 1,
      tags: ['b', 'a'],
      session_persistence: { type: 'HTTP_COOKIE', cookie_name: null },
      default_pool_id: undefined,
    };
    const asked = {
      weight: 1,
      tags: ['a', 'b'],
      session_persistence: { type: 'HTTP_COOKIE' },
      default_pool_id: null,
    };
    expect(differing(there, asked)).toBeUndefined();
    expect(differing(there, { ...asked, weight: 2, session_persistence: null })).toEqual({
      weight: 2,
      session_persistence: null,
    });
  });

  it('takes away headers that are no longer asked for', () => {
    expect(differing({ insert_headers: { 'X-Forwarded-For': 'true' } }, { insert_headers: {} })).toEqual({
      insert_headers: {},
    });
    expect(differing({ insert_headers: null }, { insert_headers: {} })).toBeUndefined();
  });
});
