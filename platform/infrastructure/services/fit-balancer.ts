import type { BalancerCapabilities, BalancerSpec, CheckSpec, PoolSpec } from '@trencadis/availability';

export interface FittedBalancer {
  readonly spec: BalancerSpec;
  /** For people: what is otherwise than was asked for. */
  readonly changes: readonly string[];
}

/** What a product does seldomer, or sooner, than asked for is asked of it as it does it. Pure. */
export function fitBalancer(spec: BalancerSpec, capabilities: BalancerCapabilities): FittedBalancer {
  const fitted = spec.pools.map((pool) => fitPool(pool, capabilities));
  return {
    spec: { ...spec, pools: fitted.map(({ pool }) => pool) },
    changes: fitted.flatMap(({ pool: { name }, changes }) => changes.map((each) => `pool ${name}: ${each}`)),
  };
}

function fitPool(pool: PoolSpec, { product, check: bounds, failOpen }: BalancerCapabilities) {
  const { check, failsOpen } = pool;
  const fitted: CheckSpec = {
    ...check,
    intervalMs: Math.max(check.intervalMs, bounds.leastIntervalMs),
    fall: Math.min(check.fall, bounds.mostFall),
    rise: Math.min(check.rise, bounds.mostRise),
  };
  const cannotOpen = failsOpen && failOpen === false;
  const changes = [
    ...(fitted.intervalMs === check.intervalMs
      ? []
      : [`checks come each ${fitted.intervalMs / 1000} s, not ${check.intervalMs / 1000} s`]),
    ...(fitted.fall === check.fall ? [] : [`out after ${fitted.fall} failed checks, not ${check.fall}`]),
    ...(fitted.rise === check.rise ? [] : [`in after ${fitted.rise} passed checks, not ${check.rise}`]),
    ...(cannotOpen ? ['nobody is sent to when no replica is up'] : []),
  ];
  return {
    pool: { ...pool, check: fitted, failsOpen: failsOpen && !cannotOpen },
    changes: changes.map((each) => `${each}: ${product} does it so`),
  };
}

/** What a product lacks of what is asked for, whatever it is asked. Pure; each names the key to change. */
export function balancerLacks(
  { frontends, pools }: Pick<BalancerSpec, 'frontends' | 'pools'>,
  capabilities: BalancerCapabilities,
): readonly string[] {
  const { protocols, algorithms, routes, slowStart, failClosed, groups = false } = capabilities;
  return [
    ...frontends
      .filter(({ protocol }) => !protocols.includes(protocol))
      .map(({ protocol }) => `it does not take ${protocol}: change balancer.protocol`),
    ...(routes || frontends.every((each) => each.routes.length === 0)
      ? []
      : ['it does not tell services apart: leave balancer.host and balancer.path out']),
    ...pools.flatMap((pool) => [
      ...(groups || pool.group === undefined
        ? []
        : ["it takes no replicas of the VM manager's own engine: leave scale.engine out"]),
      ...(algorithms.includes(pool.algorithm)
        ? []
        : [
            `it does not choose by ${pool.algorithm}: balancer.algorithm is ${algorithms.join(' or ')} there`,
          ]),
      ...(slowStart || pool.slowStartMs === 0
        ? []
        : ['it starts nobody slowly: leave balancer.slow_start out']),
      ...(failClosed || pool.failsOpen
        ? []
        : ["it sends to all when none is up: leave balancer.fail_open = 'no' out"]),
    ]),
  ];
}
