import type { BalancerSpec, Certificate, PoolSpec } from '@trencadis/availability';
import type { NetworkName, Tag } from '@trencadis/ids';

export interface FullWish {
  readonly tag: Tag;
  readonly networks: readonly NetworkName[];
  readonly certificate: Certificate;
}

export function httpPool(name: string, changes: Partial<PoolSpec> = {}): PoolSpec {
  return {
    name,
    protocol: 'http',
    algorithm: 'roundrobin',
    isSticky: false,
    drainMs: 5_000,
    slowStartMs: 0,
    failsOpen: true,
    check: {
      protocol: 'http',
      method: 'GET',
      path: '/health',
      status: 200,
      intervalMs: 10_000,
      timeoutMs: 5_000,
      fall: 2,
      rise: 2,
    },
    ...changes,
  };
}

/** With all that a balancer of HTTP can have: both protocols, routes, and pools of members and of a group. */
export function fullSpec({ tag, networks, certificate }: FullWish): BalancerSpec {
  return {
    name: `${tag}-main`,
    tag,
    networks,
    frontends: [
      { name: 'plain', port: 80, protocol: 'http', routes: [], defaultPool: 'web' },
      {
        name: 'secured',
        port: 443,
        protocol: 'https',
        certificate,
        routes: [
          { host: 'work.example', pool: 'workers' },
          { pathPrefix: '/web', pool: 'web' },
        ],
      },
    ],
    pools: [
      httpPool('web', { isSticky: true, slowStartMs: 1_000 }),
      httpPool('workers', { algorithm: 'leastconn', group: { port: 8080 } }),
    ],
  };
}
