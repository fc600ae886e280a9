import { newInfrastructureId } from '@trencadis/ids';
import { PlatformError } from '@trencadis/errors';
import { beforeEach, describe, expect, it } from 'vitest';
import { keyOf } from './group-record.ts';
import { exampleSpec } from './testing/examples.ts';
import type { SimulatedGroup } from './testing/simulated-fleet.ts';
import { SimulatedWorld } from './testing/simulated-process.ts';

const second = 1_000;

let world: SimulatedWorld;
let group: SimulatedGroup;
beforeEach(() => {
  world = new SimulatedWorld();
  group = world.fleet.add(newInfrastructureId(), exampleSpec(), { '': 2 });
});

const key = (of = group) => ({ infrastructureId: of.infrastructureId, serviceId: of.spec.id });
const stateOf = async (of = group) => (await world.store.findGroup(key(of)))?.state;
const first = (of = group) => [...of.vms.keys()][0]!;
const isWhole =
  (of = group) =>
  () =>
    of.serving.length === 2 && of.vms.size === 2 && of.runningPlanId === undefined;

describe('a group that is well', () => {
  it('is left alone, seen as it is, and stored seldom', async () => {
    const { controller } = world.begin();
    await world.clock.advance(120 * second);
    expect(world.fleet.plans.size).toBe(0);
    expect(controller.viewOf(key())).toMatchObject({ condition: 'ok', endpoints: ['http://10.0.0.1'] });
    const { version } = (await world.store.findGroup(key()))!;
    await world.clock.advance(300 * second);
    expect((await world.store.findGroup(key()))!.version - version).toBeLessThanOrEqual(12);
    expect(world.complaints).toEqual([]);
    expect((await stateOf())?.desired).toBe(2);
  });

  it('begins with what its document began with', async () => {
    const more = world.fleet.add(newInfrastructureId(), exampleSpec(), { '': 3 });
    world.begin();
    await world.clock.advance(10 * second);
    expect((await stateOf(more))?.desired).toBe(3);
  });
});

describe('a replica that fails', () => {
  it('is replaced within a second after the balancer calls it down', async () => {
    world.begin();
    await world.clock.advance(90 * second);
    world.fleet.break(group, first(), { member: 'down' });
    const downAt = world.clock.nowMs;
    await world.clock.advanceUntil(() => group.runningPlanId);
    expect(world.clock.nowMs - downAt).toBeLessThanOrEqual(1_500);
    await world.clock.advanceUntil(isWhole());
    expect(group.launched).toBe(1);
    const events = await world.store.listEvents(key(), { limit: 100 });
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['unhealthy', 'replace']));
    const [decision] = await world.store.listEvaluations(key(), { limit: 1, onlyDecisions: true });
    expect(decision?.evaluation.verdict).toContain('replicas in service');
  });

  it('is replaced once its VM manager says that it does not run', async () => {
    world.begin();
    await world.clock.advance(90 * second);
    world.fleet.break(group, first(), { vm: 'stopped' });
    await world.clock.advanceUntil(isWhole());
    expect(group.launched).toBe(1);
  });

  it('is found by the platform’s own probes where there is no balancer', async () => {
    const { balancing: _, ...spec } = exampleSpec();
    const bare = world.fleet.add(newInfrastructureId(), spec, { '': 2 });
    world.begin();
    await world.clock.advance(90 * second);
    expect(bare.launched).toBe(0);
    const name = first(bare);
    world.measuring.failing.add(name);
    const failsAt = world.clock.nowMs;
    await world.clock.advanceUntil(() => bare.runningPlanId);
    expect(world.clock.nowMs - failsAt).toBeLessThanOrEqual(5_000);
    await world.clock.advanceUntil(() => !bare.vms.has(name));
    await world.clock.advance(60 * second);
    expect([bare.vms.size, bare.launched]).toEqual([2, 1]);
  });
});

describe('a balancer that is silent at first', () => {
  it.each([[false], [true]])(
    'has the last word once it answers, whatever the platform’s own probes said: failed %s',
    async (haveFailed) => {
      world.fleet.balancerError = new PlatformError('unavailable', 'It does not answer.');
      if (haveFailed) for (const name of group.vms.keys()) world.measuring.failing.add(name);
      world.begin();
      await world.clock.advance(4 * second);
      world.fleet.balancerError = undefined;
      await world.clock.advance(120 * second);
      const replicas = Object.values((await stateOf())?.replicas ?? {});
      expect(replicas.map(({ phase }) => phase)).toEqual(['in-service', 'in-service']);
      expect(group.launched).toBe(0);
    },
  );
});

describe('a plan', () => {
  it('that cannot be made is told as its outcome, and tried again later', async () => {
    world.begin();
    await world.clock.advance(90 * second);
    world.fleet.planError = new PlatformError('quota-exceeded', 'There is no room.');
    world.fleet.break(group, first(), { member: 'down' });
    await world.clock.advance(10 * second);
    const state = await stateOf();
    expect(state?.launches['']).toMatchObject({ failures: expect.any(Number), because: 'There is no room' });
    world.fleet.planError = undefined;
    await world.clock.advanceUntil(isWhole());
  });

  it('that conflicts changes nothing of what was decided on', async () => {
    world.begin();
    await world.clock.advance(90 * second);
    world.fleet.planError = new PlatformError('conflict', 'Another plan runs.');
    world.fleet.break(group, first(), { member: 'down' });
    await world.clock.advance(20 * second);
    expect(await stateOf()).toMatchObject({ launches: {} });
    expect((await stateOf())?.pending).toBeUndefined();
    world.fleet.planError = undefined;
    await world.clock.advanceUntil(isWhole());
    expect(group.launched).toBe(1);
  });

  it('that fails is judged once', async () => {
    world.begin();
    await world.clock.advance(90 * second);
    world.fleet.nextOutcome = { isSuccess: false, errorCode: 'unavailable', because: 'It is away.' };
    world.fleet.break(group, first(), { member: 'down' });
    await world.clock.advanceUntil(isWhole());
    const events = await world.store.listEvents(key(), { limit: 100 });
    expect(events.filter(({ kind }) => kind === 'launch-failed')).toHaveLength(1);
  });
});

describe('policies', () => {
  it('scale out when CPU has been high for a minute, never before', async () => {
    const policy = {
      id: 'cpu',
      metric: 'cpu',
      statistic: 'mean',
      kind: 'above',
      threshold: 80,
      forMs: 60_000,
      step: 1,
    } as const;
    const { scaling } = exampleSpec();
    const busy = world.fleet.add(
      newInfrastructureId(),
      exampleSpec({ scaling: { ...scaling, policies: [policy] } }),
      { '': 2 },
    );
    world.begin();
    await world.clock.advance(180 * second);
    world.measuring.cpu = 95;
    const busySince = world.clock.nowMs;
    await world.clock.advanceUntil(() => busy.runningPlanId);
    const tookMs = world.clock.nowMs - busySince;
    expect(tookMs).toBeGreaterThanOrEqual(60_000);
    expect(tookMs).toBeLessThanOrEqual(75_000 + second);
    expect((await stateOf(busy))?.desired).toBe(3);
  });
});

describe('a cloud that hangs', () => {
  it('holds up no other group', async () => {
    const clouds = Array.from({ length: 40 }, () =>
      world.fleet.add(newInfrastructureId(), exampleSpec(), { '': 2 }),
    );
    for (const each of clouds) world.fleet.hanging.add(keyOf(key(each)));
    world.begin();
    await world.clock.advance(90 * second);
    world.fleet.break(group, first(), { vm: 'stopped' });
    const stoppedAt = world.clock.nowMs;
    await world.clock.advanceUntil(() => group.runningPlanId);
    expect(world.clock.nowMs - stoppedAt).toBeLessThanOrEqual(11 * second);
    expect(clouds.every(({ launched }) => launched === 0)).toBe(true);
    world.fleet.hanging.clear();
    world.fleet.break(clouds[0]!, first(clouds[0]), { vm: 'stopped' });
    await world.clock.advanceUntil(isWhole(clouds[0]));
  });
});

describe('a group whose infrastructure is gone', () => {
  it('is forgotten after a while, and not before', async () => {
    world.begin();
    await world.clock.advance(30 * second);
    world.fleet.groups.clear();
    await world.clock.advance(300 * second);
    expect(await stateOf()).toBeDefined();
    await world.clock.advance(400 * second);
    expect(await stateOf()).toBeUndefined();
  });
});
