import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { GroupAction, RollSpec } from './model.ts';
import { SimulatedGroup } from './testing/simulated-group.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

interface Roll {
  readonly replicas?: number;
  readonly surge?: number;
  readonly max?: number;
  readonly roll?: Partial<RollSpec>;
  readonly holdsDisk?: boolean;
}

/** A whole group of which a new version is asked for. */
function groupToRoll({ replicas = 3, roll = {}, holdsDisk = false, ...bounds }: Roll = {}): SimulatedGroup {
  const spec = simulatedSpec({ replicas: { min: replicas, max: replicas, ...bounds }, roll });
  const group = new SimulatedGroup(spec, { holdsDisk });
  group.runUntil((one) => one.isWhole());
  group.world.version++;
  return group;
}

function isRolled({ world, state }: SimulatedGroup): boolean {
  return (
    state.roll === undefined && [...world.vms.values()].every(({ version }) => version === world.version)
  );
}

/** The actions until all is rolled, and the fewest replicas that were well in the meantime. */
function rollOut(group: SimulatedGroup) {
  const actions: GroupAction[] = [];
  let fewest = Infinity;
  let most = 0;
  group.onTick = ({ decision }) => {
    if (decision.action !== undefined) actions.push(decision.action);
    const serving = [...group.world.vms.values()].filter((vm) => group.world.isGood(vm) && !vm.isDraining);
    fewest = Math.min(fewest, serving.length);
    most = Math.max(most, group.world.vms.size);
  };
  group.tick();
  group.runUntil((one) => isRolled(one) && one.isWhole());
  return {
    actions,
    sizes: actions.map((action) => (action.kind === 'roll' ? action.vms.length : action)),
    fewest,
    most,
  };
}

describe('a rolling update', () => {
  it('takes one after the other of three, as at least one may always be missing', () => {
    const { sizes, fewest } = rollOut(groupToRoll());
    expect(sizes).toEqual([1, 1, 1]);
    expect(fewest).toBe(2);
  });

  it('takes as many at once as may be missing', () => {
    const { sizes, fewest } = rollOut(groupToRoll({ replicas: 10, roll: { minHealthyPercent: 60 } }));
    expect(sizes).toEqual([4, 4, 2]);
    expect(fewest).toBe(6);
  });

  it('launches the successor of a single replica first where there is room beside it', () => {
    const { actions, fewest } = rollOut(groupToRoll({ replicas: 1 }));
    expect(actions).toMatchObject([
      { kind: 'change', counts: { '': 1 }, retire: ['vm-0'], order: 'launch-first' },
    ]);
    expect(fewest).toBe(1);
  });

  it('rolls a single replica in place where there is none, or where it holds a disk', () => {
    expect(rollOut(groupToRoll({ replicas: 1, surge: 0 })).sizes).toEqual([1]);
    expect(rollOut(groupToRoll({ replicas: 1, holdsDisk: true })).sizes).toEqual([1]);
  });

  it('launches successors first where none may be missing and some may be too many', () => {
    const roll = { minHealthyPercent: 100, maxHealthyPercent: 150 };
    const { actions, fewest, most } = rollOut(groupToRoll({ replicas: 4, roll }));
    expect(actions.map(({ kind }) => kind)).toEqual(['change', 'change']);
    expect({ fewest, most }).toEqual({ fewest: 4, most: 6 });
  });

  it('leaves alone what is as asked', () => {
    const group = groupToRoll();
    group.world.vms.get('vm-1' as never)!.version = 2;
    expect(rollOut(group).actions.flatMap((action) => (action.kind === 'roll' ? action.vms : []))).toEqual([
      'vm-0',
      'vm-2',
    ]);
  });

  it('waits at each checkpoint', () => {
    const group = groupToRoll({ replicas: 4, roll: { checkpoints: [50], checkpointDelayMs: 600_000 } });
    const start = group.world.now;
    group.runUntil(({ state }) => state.roll?.waitsUntil !== undefined);
    expect(group.state.roll).toMatchObject({ rolled: 2, checkpointsPassed: 1 });
    const waited = group.world.now;
    group.runUntil((one) => one.isPlanRunning);
    expect(group.world.now - waited).toBeGreaterThanOrEqual(600_000);
    group.runUntil(isRolled);
    expect(group.world.now - start).toBeLessThan(1_000_000);
  });

  it('pauses, and goes on when it is told to', () => {
    const group = groupToRoll();
    group.tick();
    group.state = { ...group.state, roll: { ...group.state.roll!, isPaused: true } };
    group.run(2000);
    expect([...group.world.vms.values()].filter(({ version }) => version === 2)).toHaveLength(1);
    group.state = {
      ...group.state,
      roll: { ...group.state.roll!, isPaused: false, progressAt: group.world.now },
    };
    group.runUntil(isRolled);
  });

  it('lets a lost replica be replaced first, with what is asked for now', () => {
    const group = groupToRoll({ replicas: 4 });
    group.tick();
    group.world.vms.delete('vm-3' as never);
    group.runUntil((one) => isRolled(one) && one.isWhole());
    expect(group.world.slots.has('vm-3' as never)).toBe(false);
  });

  it('fails when its plans fail too often, and then touches nothing', () => {
    const group = groupToRoll();
    group.world.badVersions.add(2);
    group.runUntil(({ state }) => state.roll?.failed !== undefined);
    expect(group.state.roll?.failed?.because).toBe('its plans failed 4 times in a row');
    expect(group.world.now - group.state.roll!.startedAt).toBeLessThan(1_000_000);
    const good = [...group.world.vms.values()].filter((vm) => vm.version === 1 && group.world.isGood(vm));
    expect(good).toHaveLength(2);
  });

  it('goes back once where it shall, and the way back ends', () => {
    const group = groupToRoll({ roll: { rollsBack: true } });
    group.world.badVersions.add(2);
    let orders = 0;
    group.onTick = ({ decision }) => {
      if (decision.rollsBack !== true) return;
      orders++;
      group.world.version = 1;
    };
    group.runUntil(({ state }) => state.roll?.isRollback === true);
    group.runUntil((one) => isRolled(one) && one.isWhole());
    expect(orders).toBe(1);
  });

  it('fails after an hour without progress', () => {
    const group = groupToRoll();
    group.tick();
    group.runUntil((one) => !one.isPlanRunning);
    for (const vm of group.world.vms.values()) vm.isFrozen = true;
    group.runUntil(({ state }) => state.roll?.failed !== undefined);
    expect(group.state.roll?.failed?.because).toBe('there was no progress for 3600 s');
  });

  const percents = fc.record({
    replicas: fc.integer({ min: 1, max: 20 }),
    minHealthyPercent: fc.integer({ min: 0, max: 100 }),
    maxHealthyPercent: fc.integer({ min: 100, max: 200 }),
  });

  test.prop([percents, fc.boolean()], { numRuns: 60 })(
    'always ends, and has never fewer replicas in service than it may, but for one',
    ({ replicas, ...roll }, holdsDisk) => {
      const { fewest } = rollOut(groupToRoll({ replicas, roll, holdsDisk }));
      const least = Math.ceil((replicas * roll.minHealthyPercent) / 100);
      expect(fewest).toBeGreaterThanOrEqual(Math.min(least, replicas - 1));
    },
  );
});
