import type { BalancerCapabilities, BalancerSpec, PoolSpec } from '@trencadis/availability';
import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { balancerLacks, fitBalancer } from './fit-balancer.ts';

const check = {
  protocol: 'http',
  method: 'GET',
  path: '/',
  status: 200,
  intervalMs: 2_000,
  timeoutMs: 1_000,
  fall: 20,
  rise: 2,
} as const;
const pool: PoolSpec = {
  name: 'web',
  protocol: 'http',
  algorithm: 'roundrobin',
  isSticky: false,
  drainMs: 0,
  slowStartMs: 0,
  failsOpen: true,
  check,
};
const spec: BalancerSpec = {
  name: 'inf-1-web-lb',
  tag: brandId('Tag', 'inf-1'),
  frontends: [{ name: 'web', port: 80, protocol: 'http', routes: [], defaultPool: 'web' }],
  pools: [pool],
};
const product: BalancerCapabilities = {
  product: 'Product',
  protocols: ['http'],
  algorithms: ['roundrobin'],
  routes: false,
  weights: false,
  slowStart: false,
  failClosed: true,
  failOpen: false,
  memberMetrics: false,
  check: { leastIntervalMs: 5_000, mostFall: 10, mostRise: 10 },
};

describe('a balancer of a VM manager', () => {
  it('checks as often as it can, and says what is otherwise than asked for', () => {
    const fitted = fitBalancer(spec, product);
    expect(fitted.spec.pools[0]).toEqual({
      ...pool,
      failsOpen: false,
      check: { ...check, intervalMs: 5_000, fall: 10 },
    });
    expect(fitted.changes).toEqual([
      'pool web: checks come each 5 s, not 2 s: Product does it so',
      'pool web: out after 10 failed checks, not 20: Product does it so',
      'pool web: nobody is sent to when no replica is up: Product does it so',
    ]);
  });

  it('that can do all is asked for just that', () => {
    const able = {
      ...product,
      failOpen: true,
      check: { leastIntervalMs: 100, mostFall: 100, mostRise: 100 },
    };
    expect(fitBalancer(spec, able)).toEqual({ spec, changes: [] });
    expect(balancerLacks(spec, able)).toEqual([]);
  });

  it.each<[key: string, changes: Partial<PoolSpec>, of?: Partial<BalancerCapabilities>]>([
    ['balancer.algorithm', { algorithm: 'source' }],
    ['balancer.slow_start', { slowStartMs: 1_000 }],
    ['balancer.fail_open', { failsOpen: false }, { failClosed: false }],
    ['scale.engine', { group: { port: 80 } }],
  ])('lacks what %s asks for', (key, changes, of = {}) => {
    const lacks = balancerLacks({ ...spec, pools: [{ ...pool, ...changes }] }, { ...product, ...of });
    expect(lacks).toEqual([expect.stringContaining(key)]);
  });

  it('lacks protocols and routes', () => {
    const [frontend] = spec.frontends;
    const routes = [{ host: 'a.example', pool: 'web' }];
    const lacks = balancerLacks(
      { ...spec, frontends: [{ ...frontend!, protocol: 'https', routes }] },
      product,
    );
    expect(lacks).toEqual([
      expect.stringContaining('balancer.protocol'),
      expect.stringContaining('balancer.host'),
    ]);
  });
});
