import type { BalancerCapabilities, BalancerSpec } from '@trencadis/availability';
import { type Backend, describeBalancer, pretendBackend } from '@trencadis/availability/conformance';
import { type Clock, systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { MemoryBalancerWorld, createMemoryBalancer } from './index.ts';

const signal = new AbortController().signal;
const speed = 20;

/** Time that passes quickly, so that nobody waits for checks. */
const quickClock: Clock = {
  now: () => new Date(systemClock.now().getTime() * speed),
  sleep: (ms, until) => systemClock.sleep(ms / speed, until),
};

function backendOf(world: MemoryBalancerWorld, index: number): Backend {
  const backend = pretendBackend(`web-${index}`, `198.51.100.${index + 1}`, 8080);
  const setHealthy = async (isHealthy: boolean) => world.setHealthy(backend.name, isHealthy);
  return {
    ...backend,
    setHealthy,
    kill: () => setHealthy(false),
    freeze: () => setHealthy(false),
    restart: () => setHealthy(true),
  };
}

function describeMemoryBalancer(name: string, lacks: Partial<BalancerCapabilities> = {}): void {
  describeBalancer(name, async () => {
    const world = new MemoryBalancerWorld({ clock: quickClock });
    return {
      driver: createMemoryBalancer({ clock: quickClock, world, latencyMs: 40, capabilities: lacks }),
      ports: [8001, 8002, 8003],
      backends: [0, 1, 2].map((index) => backendOf(world, index)),
      health: 'checks' as const,
      leftovers: async () => world.leftovers(),
      dispose: async () => undefined,
    };
  });
}

describeMemoryBalancer('balancer-memory');
describeMemoryBalancer('balancer-memory with what the poorest product has', {
  protocols: ['tcp'],
  algorithms: ['roundrobin'],
  routes: false,
  weights: false,
  slowStart: false,
  failClosed: false,
  memberMetrics: false,
  check: { leastIntervalMs: 2000, mostFall: 10, mostRise: 10 },
});

describe('balancer-memory', () => {
  const spec: BalancerSpec = {
    name: 'lb',
    tag: brandId('Tag', 'inf-test'),
    frontends: [{ name: 'web', port: 80, protocol: 'http', routes: [], defaultPool: 'web' }],
    pools: [
      {
        name: 'web',
        protocol: 'http',
        algorithm: 'roundrobin',
        isSticky: false,
        drainMs: 1000,
        slowStartMs: 0,
        failsOpen: true,
        check: {
          protocol: 'http',
          method: 'GET',
          path: '/',
          status: 200,
          intervalMs: 1000,
          timeoutMs: 500,
          fall: 2,
          rise: 3,
        },
      },
    ],
  };
  const name = brandId('VmName', 'web-1');
  const member = { pool: 'web', name, address: '198.51.100.1', port: 80, weight: 100 };

  async function begin() {
    let nowMs = 0;
    const clock: Clock = { now: () => new Date(nowMs), sleep: async (ms) => void (nowMs += ms) };
    const world = new MemoryBalancerWorld({ clock });
    const driver = createMemoryBalancer({ clock, world });
    await driver.applyBalancer(spec, signal);
    const memberAfter = async (ms: number) => {
      nowMs += ms;
      return (await driver.describeBalancer('lb', signal))?.members[0];
    };
    return { clock, world, driver, memberAfter };
  }

  it('has a member up after `rise` checks by the clock, and down after `fall`', async () => {
    const { driver, world, memberAfter } = await begin();
    await driver.addMember('lb', member, signal);
    expect(await memberAfter(2999)).toMatchObject({ state: 'checking', because: 'not enough checks yet' });
    expect(await memberAfter(1)).toMatchObject({ state: 'up' });
    world.setHealthy(name, false);
    expect(await memberAfter(1999)).toMatchObject({ state: 'up' });
    expect(await memberAfter(1)).toMatchObject({ state: 'down', because: 'check failed: not 200' });
    world.setHealthy(name, true);
    expect(await memberAfter(2000)).toMatchObject({ state: 'down' });
    expect(await memberAfter(1000)).toMatchObject({ state: 'up' });
  });

  it('keeps its state in the world, so that a restarted platform finds it', async () => {
    const { clock, driver, world } = await begin();
    await driver.addMember('lb', member, signal);
    const [found] = await createMemoryBalancer({ clock, world }).listBalancers(spec.tag, signal);
    expect(found?.members.map((each) => each.name)).toEqual([name]);
    expect(world.calls('addMember')).toBe(1);
  });

  it('tells the sessions and requests that a member is said to have', async () => {
    const { driver, world, memberAfter } = await begin();
    await driver.addMember('lb', member, signal);
    world.setSessions(name, 3);
    world.addRequests({ balancer: 'lb', pool: 'web', name }, 10, 1);
    await driver.drainMember({ balancer: 'lb', pool: 'web', name }, signal);
    expect(await memberAfter(0)).toMatchObject({ state: 'draining', sessions: 3, requests: 10, errors: 1 });
  });

  it('fails before or after the act as it is told to', async () => {
    const { driver, world } = await begin();
    world.failNext('addMember', 'unavailable');
    const join = () => driver.addMember('lb', member, signal);
    await expect(join()).rejects.toMatchObject({ code: 'unavailable' });
    expect(world.leftovers()).toEqual(['balancer:lb']);
    world.failAfter('addMember', 'unavailable');
    await expect(join()).rejects.toMatchObject({ code: 'unavailable' });
    expect(world.leftovers()).toEqual(['balancer:lb', 'member:lb/web/web-1']);
  });

  it('does what reaching it takes first', async () => {
    const { clock, world } = await begin();
    const reach = () => Promise.reject(new Error('its VM is off'));
    const driver = createMemoryBalancer({ clock, world, reach });
    await expect(driver.describeBalancer('lb', signal)).rejects.toThrow('its VM is off');
    expect(world.calls('describeBalancer')).toBe(0);
  });
});
