import type {
  Balancer,
  BalancerCapabilities,
  BalancerDriver,
  BalancerSpec,
  CheckSpec,
  MemberPlace,
  MemberSpec,
  MemberStatus,
} from '@trencadis/availability';
import type { Clock } from '@trencadis/clock';
import { checkMember, checkSpec } from './check-spec.ts';
import { heldByOther, notFound } from './errors.ts';
import { type MemoryMember, settleChecks, stateOf, whyOf } from './member-checks.ts';
import {
  type BalancerOperation,
  type MemoryBalancer,
  type MemoryBalancerWorld,
  memberKey,
} from './memory-balancer-world.ts';

export interface MemoryBalancerOptions {
  readonly clock: Clock;
  readonly world: MemoryBalancerWorld;
  /** Where clients reach it. Default: an address of the documentation (RFC 5737). */
  readonly addresses?: readonly string[];
  /** How long a call takes before it acts. Default 0: no wait at all. */
  readonly latencyMs?: number;
  /** What each call does first, such as speaking to the VMs that the balancer stands on. */
  readonly reach?: (signal: AbortSignal) => Promise<void>;
  /** What it lacks. Default: nothing. */
  readonly capabilities?: Partial<BalancerCapabilities>;
}

export const memoryBalancerCapabilities: BalancerCapabilities = {
  product: 'memory',
  protocols: ['tcp', 'http', 'https'],
  algorithms: ['roundrobin', 'leastconn', 'source'],
  routes: true,
  weights: true,
  slowStart: true,
  failClosed: true,
  failOpen: true,
  memberMetrics: true,
  check: { leastIntervalMs: 100, mostFall: 100, mostRise: 100 },
};

/**
 * A load balancer in memory: members are up once their checks have passed by the clock, and as healthy and as busy as
 * the world says. No request ever passes through it.
 */
export function createMemoryBalancer(options: MemoryBalancerOptions): BalancerDriver {
  const { world, capabilities: lacks = {}, addresses = ['192.0.2.1'] } = options;
  const capabilities = { ...memoryBalancerCapabilities, ...lacks };
  const site: Site = { world, addresses, now: () => options.clock.now().getTime() };
  const call = callOf(options);
  return {
    capabilities,
    applyBalancer: (spec, signal) =>
      call('applyBalancer', signal, () => {
        checkSpec(spec, capabilities);
        return applyBalancer(site, spec);
      }),
    describeBalancer: (name, signal) => call('describeBalancer', signal, () => find(site, name)),
    listBalancers: (tag, signal) =>
      call('listBalancers', signal, () =>
        [...world.balancers.values()]
          .filter(({ spec }) => spec.tag === tag)
          .map((balancer) => describe(site, balancer)),
      ),
    deleteBalancer: (name, signal) => call('deleteBalancer', signal, () => void world.balancers.delete(name)),
    addMember: (balancer, member, signal) =>
      call('addMember', signal, () => {
        checkMember(member, capabilities);
        addMember(site, balancer, member);
      }),
    drainMember: (place, signal) =>
      call('drainMember', signal, () => {
        const member = world.balancers.get(place.balancer)?.members.get(memberKey(place));
        if (member) member.isDraining = true;
      }),
    removeMember: (place, signal) => call('removeMember', signal, () => removeMember(site, place)),
  };
}

interface Site {
  readonly world: MemoryBalancerWorld;
  readonly addresses: readonly string[];
  readonly now: () => number;
}

/** One call: reaches the balancer, waits for its latency, then acts in one go. */
function callOf({ world, clock, latencyMs = 0, reach }: MemoryBalancerOptions) {
  return async <Result>(
    operation: BalancerOperation,
    signal: AbortSignal,
    act: () => Result,
  ): Promise<Result> => {
    signal.throwIfAborted();
    await reach?.(signal);
    if (latencyMs > 0) await clock.sleep(latencyMs, signal);
    return world.carryOut(operation, act);
  };
}

function applyBalancer(site: Site, spec: BalancerSpec): Balancer {
  const { balancers } = site.world;
  const balancer = balancers.get(spec.name) ?? { spec, members: new Map() };
  if (balancer.spec.tag !== spec.tag) throw heldByOther(spec.name);
  // By the checks that there were until now.
  describe(site, balancer);
  balancer.spec = spec;
  const pools = new Set(spec.pools.map(({ name }) => name));
  for (const [key, member] of balancer.members)
    if (!pools.has(member.spec.pool)) balancer.members.delete(key);
  balancers.set(spec.name, balancer);
  return describe(site, balancer);
}

function find(site: Site, name: string): Balancer | undefined {
  const balancer = site.world.balancers.get(name);
  return balancer && describe(site, balancer);
}

function addMember({ world, now }: Site, balancerName: string, spec: MemberSpec): void {
  const balancer = world.balancers.get(balancerName);
  if (balancer === undefined) throw notFound('balancer', balancerName);
  if (!balancer.spec.pools.some(({ name }) => name === spec.pool)) throw notFound('pool', spec.pool);
  const present = balancer.members.get(memberKey(spec));
  if (present?.spec.address === spec.address && present.spec.port === spec.port) {
    present.spec = spec;
    present.isDraining = false;
    return;
  }
  const counts = { requests: 0, errors: 0 };
  const member: MemoryMember = { spec, isDraining: false, verdict: 'checking', since: now(), ...counts };
  balancer.members.set(memberKey(spec), member);
}

function removeMember({ world }: Site, place: MemberPlace): void {
  world.balancers.get(place.balancer)?.members.delete(memberKey(place));
}

function describe(site: Site, { spec, members }: MemoryBalancer): Balancer {
  const { name, tag, frontends, pools, virtualAddress } = spec;
  const checks = new Map(pools.map((pool) => [pool.name, pool.check]));
  return {
    name,
    tag,
    addresses: virtualAddress === undefined ? site.addresses : [virtualAddress, ...site.addresses],
    status: 'active',
    frontends: frontends.map(({ name: frontend, port, protocol }) => ({ name: frontend, port, protocol })),
    pools: pools.map((pool) => pool.name),
    members: [...members.values()].flatMap((member) => {
      const check = checks.get(member.spec.pool);
      return check ? [statusOf(site, member, check)] : [];
    }),
  };
}

function statusOf({ world, now }: Site, member: MemoryMember, check: CheckSpec): MemberStatus {
  const { spec, requests, errors } = member;
  settleChecks(member, check, { ...world.healthOf(spec.name), now: now() });
  const because = whyOf(member, check);
  return {
    ...spec,
    state: stateOf(member),
    ...(because === undefined ? {} : { because }),
    sessions: world.sessionsOf(spec.name),
    requests,
    errors,
  };
}
