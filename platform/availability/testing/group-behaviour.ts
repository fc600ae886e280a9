import type { VmName } from '@trencadis/ids';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Process } from '../model.ts';
import { codeOf } from './balancer-site.ts';

/** The paper's policy, 80 % of CPU for a minute: one replica more; a new one counts after a minute. Nothing is taken. */
export interface GroupWish {
  readonly min: number;
  readonly max: number;
}

export interface SeenReplica {
  readonly name: VmName;
  readonly isProtected: boolean;
}

/** One group of replicas, whoever keeps it. */
export interface GroupUnderTest {
  /** Simulated time in which every replica uses that much CPU, in percent; the engine acts in it, and is at rest after. */
  pass(ms: number, cpu: number): Promise<void>;
  /** Those that are there: neither ended nor about to be. */
  replicas(): Promise<readonly SeenReplica[]>;
  /** As an operator; refused as the engine refuses. */
  setDesired(desired: number): Promise<void>;
  setSuspended(processes: readonly Process[]): Promise<void>;
  setProtected(name: VmName, isProtected: boolean): Promise<void>;
  /** Behind the engine's back. */
  terminate(name: VmName): Promise<void>;
  /** The whole group. */
  end(): Promise<void>;
}

export interface GroupBehaviourHarness {
  start(wish: GroupWish): Promise<GroupUnderTest>;
  /** The name of everything that still exists because of groups; looked up past the engine. */
  leftovers(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

const calm = 20;
const busy = 95;
/** Longer than any engine takes to see a condition that held a minute, and shorter than two such. */
const noticedMs = 90_000;
/** Until a new replica is warm. */
const warmMs = 120_000;

/** What every engine that keeps groups does alike: the platform's own on any VM manager, and a VM manager's native one. */
export function describeGroupBehaviour(
  name: string,
  makeHarness: () => Promise<GroupBehaviourHarness>,
): void {
  describe(`${name} keeps a group`, () => {
    let harness: GroupBehaviourHarness;
    let group: GroupUnderTest | undefined;
    const start = async (wish: GroupWish) => {
      group = await harness.start(wish);
      await group.pass(warmMs, calm);
      return group;
    };

    beforeAll(async () => {
      harness = await makeHarness();
    });
    afterEach(async () => {
      await group?.end();
      group = undefined;
      expect(await harness.leftovers()).toEqual([]);
    });
    afterAll(() => harness.dispose());

    testLoad(start);
    testOperators(start);
  });
}

type Start = (wish: GroupWish) => Promise<GroupUnderTest>;

const sizeOf = async (group: GroupUnderTest) => (await group.replicas()).length;

function testLoad(start: Start): void {
  it('begins with its least', async () => {
    const group = await start({ min: 2, max: 4 });
    expect(await sizeOf(group)).toBe(2);
    await group.pass(noticedMs, calm);
    expect(await sizeOf(group)).toBe(2);
  });

  it('takes no peak of less than a minute for load', async () => {
    const group = await start({ min: 1, max: 3 });
    await group.pass(30_000, busy);
    await group.pass(noticedMs, calm);
    expect(await sizeOf(group)).toBe(1);
  });

  it('launches one replica, once, when they have been busy for a minute', async () => {
    const group = await start({ min: 1, max: 4 });
    await group.pass(noticedMs, busy);
    expect(await sizeOf(group)).toBe(2);
    await group.pass(warmMs, calm);
    expect(await sizeOf(group)).toBe(2);
  });

  it('goes on while they stay busy, and never beyond its most', async () => {
    const group = await start({ min: 1, max: 3 });
    for (let turn = 0; turn < 5; turn += 1) {
      await group.pass(noticedMs + warmMs, busy);
      expect(await sizeOf(group)).toBeLessThanOrEqual(3);
    }
    expect(await sizeOf(group)).toBe(3);
  });

  it('replaces what was terminated', async () => {
    const group = await start({ min: 2, max: 3 });
    const [first, second] = await group.replicas();
    await group.terminate(first!.name);
    await group.pass(noticedMs, calm);
    const names = (await group.replicas()).map((each) => each.name);
    expect(names).toHaveLength(2);
    expect(names).toContain(second!.name);
  });
}

function testOperators(start: Start): void {
  it('takes a size from an operator within its bounds, and no other', async () => {
    const group = await start({ min: 1, max: 3 });
    for (const size of [0, 4, 1.5]) expect(await codeOf(group.setDesired(size))).toBe('invalid-argument');
    await group.pass(noticedMs, calm);
    expect(await sizeOf(group)).toBe(1);
    await group.setDesired(3);
    await group.pass(noticedMs, calm);
    expect(await sizeOf(group)).toBe(3);
    await group.setDesired(2);
    await group.pass(noticedMs, calm);
    expect(await sizeOf(group)).toBe(2);
  });

  it('launches nothing while that is suspended', async () => {
    const group = await start({ min: 1, max: 3 });
    await group.setSuspended(['launch']);
    await group.pass(noticedMs, busy);
    expect(await sizeOf(group)).toBe(1);
    await group.setSuspended([]);
    await group.pass(noticedMs + warmMs, busy);
    expect(await sizeOf(group)).toBeGreaterThan(1);
  });

  it('never takes a protected replica', async () => {
    const group = await start({ min: 1, max: 3 });
    const [oldest] = await group.replicas();
    await group.setDesired(3);
    await group.pass(warmMs, calm);
    await group.setProtected(oldest!.name, true);
    expect((await group.replicas()).filter(({ isProtected }) => isProtected)).toHaveLength(1);
    await group.setDesired(1);
    await group.pass(noticedMs, calm);
    expect(await group.replicas()).toEqual([{ name: oldest!.name, isProtected: true }]);
    await group.setProtected(oldest!.name, false);
  });
}
