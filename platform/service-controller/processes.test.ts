import { fc, test } from '@fast-check/vitest';
import { withDesired } from '@trencadis/availability';
import { newInfrastructureId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import type { GroupKey } from './fleet.ts';
import { exampleSpec } from './testing/examples.ts';
import { SimulatedWorld } from './testing/simulated-process.ts';

const second = 1_000;

function worldWithGroup() {
  const world = new SimulatedWorld();
  const group = world.fleet.add(newInfrastructureId(), exampleSpec(), { '': 2 });
  const key = { infrastructureId: group.infrastructureId, serviceId: group.spec.id };
  const first = () => [...group.vms.keys()][0]!;
  const isWhole = () =>
    group.serving.length === 2 && group.vms.size === 2 && group.runningPlanId === undefined;
  return { world, group, key, first, isWhole };
}

describe('of two processes', () => {
  it('one keeps the services, and the other takes over within two seconds', async () => {
    const { world, group, first, isWhole, key } = worldWithGroup();
    const one = world.begin();
    const other = world.begin();
    await world.clock.advance(90 * second);
    expect(one.controller.viewOf(key)).toBeDefined();
    expect(other.controller.viewOf(key)).toBeUndefined();
    world.fleet.break(group, first(), { member: 'down' });
    one.kill();
    await world.clock.advanceUntil(() => group.runningPlanId, 4 * second);
    await world.clock.advanceUntil(isWhole);
    expect(group.launched).toBe(1);
    expect(other.controller.viewOf(key)).toBeDefined();
  });

  it('the one that closes gives way at once, and leaves all that it knew', async () => {
    const { world, key } = worldWithGroup();
    const one = world.begin();
    await world.clock.advance(90 * second);
    const closing = one.controller.close();
    await world.clock.advance(second);
    await closing;
    expect((await world.store.findGroup(key))?.view).toMatchObject({ condition: 'ok' });
    const other = world.begin();
    await world.clock.advance(2 * second);
    expect(other.controller.viewOf(key)).toBeDefined();
  });
});

describe('a process that dies', () => {
  // Far enough that the whole replacement lies before it.
  const calls = Array.from({ length: 24 }, (_, at) => at + 1);
  it.each(
    calls.flatMap((call) => [
      { call, when: 'before' as const },
      { call, when: 'after' as const },
    ]),
  )(
    '$when call $call of a replacement: the next one goes on, and nothing is lost or done twice',
    async (end) => {
      const { world, group, first, isWhole, key } = worldWithGroup();
      const before = world.begin();
      await world.clock.advance(90 * second);
      before.kill();
      world.fleet.break(group, first(), { member: 'down' });
      const dying = world.begin(end);
      await world.clock.advanceUntil(() => dying.life.isOver || isWhole());
      world.begin();
      await world.clock.advanceUntil(isWhole);
      await world.clock.advance(60 * second);
      expect(isWhole()).toBe(true);
      expect([group.launched, group.mostVms]).toEqual([1, 3]);
      expect((await world.store.findGroup(key))?.state.pending).toBeUndefined();
    },
  );
});

const crash = fc.record({ call: fc.integer({ min: 1, max: 80 }), when: fc.constantFrom('before', 'after') });
const fault = fc.constantFrom({ member: 'down' as const }, { vm: 'stopped' as const });

describe('processes that die one after the other', () => {
  test.prop([fc.array(crash, { minLength: 1, maxLength: 4 }), fault, fc.boolean()], { numRuns: 40 })(
    'lose nothing and do nothing twice, wherever they die',
    async (crashes, how, isScaled) => {
      const { world, group, first, key } = worldWithGroup();
      const before = world.begin();
      await world.clock.advance(90 * second);
      before.kill();
      world.fleet.break(group, first(), how);
      const wanted = isScaled ? 3 : 2;
      await scaleTo(world, key, wanted);
      const isWhole = () =>
        group.serving.length === wanted && group.vms.size === wanted && group.runningPlanId === undefined;
      for (const end of crashes) {
        const { life } = world.begin(end);
        await world.clock.advanceUntil(() => life.isOver || isWhole());
        life.kill();
      }
      world.begin();
      await world.clock.advanceUntil(isWhole);
      await world.clock.advance(60 * second);
      expect(isWhole()).toBe(true);
      expect(group.launched).toBe(wanted - 1);
      expect(group.mostVms).toBeLessThanOrEqual(5);
    },
  );
});

async function scaleTo({ store }: SimulatedWorld, key: GroupKey, desired: number): Promise<void> {
  const record = (await store.findGroup(key))!;
  await store.saveGroups([{ ...record, state: { ...record.state, desired } }]);
}

describe('an operator’s change', () => {
  it('and ticks never overwrite each other', async () => {
    const { world, group, key } = worldWithGroup();
    world.begin();
    await world.clock.advance(90 * second);
    const record = (await world.store.findGroup(key))!;
    const state = withDesired(record.state, group.spec, 3);
    if (state instanceof Error) throw state;
    expect((await world.store.saveGroups([{ ...record, state }])).size).toBe(1);
    // Nobody told the leader: its next write finds out.
    await world.clock.advanceUntil(() => group.vms.size === 3 && group.runningPlanId === undefined);
    expect((await world.store.findGroup(key))?.state.desired).toBe(3);
  });

  it('is acted on at once when the leader is told', async () => {
    const { world, group, key } = worldWithGroup();
    const { leadership } = world.begin();
    await world.clock.advance(90 * second);
    const record = (await world.store.findGroup(key))!;
    const state = withDesired(record.state, group.spec, 3);
    if (state instanceof Error) throw state;
    await world.store.saveGroups([{ ...record, state }]);
    await leadership.tell({ kind: 'changed', key });
    await world.clock.advance(second);
    expect(group.runningPlanId).toBeDefined();
  });
});
