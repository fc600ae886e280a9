import { describe, expect, it } from 'vitest';
import { decideGroup } from './decide-group.ts';
import { conditionOf } from './group-condition.ts';
import { endFaults } from './testing/faults.ts';
import { SimulatedGroup } from './testing/simulated-group.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

describe('a launch that fails', () => {
  it('is tried again three times at the same VM manager, then at the next', () => {
    const group = new SimulatedGroup(simulatedSpec({ replicas: { clouds: ['a', 'b'] } }));
    group.world.cloud('a').failures.push(...Array.from({ length: 4 }, () => 'internal'));
    group.runUntil((one) => one.isWhole());
    expect(new Set([...group.world.vms.values()].map(({ cloud }) => cloud))).toEqual(new Set(['b']));
    expect(group.world.cloud('a').failures).toEqual([]);
  });

  it('goes to the next VM manager at once where there is no room', () => {
    const group = new SimulatedGroup(simulatedSpec({ replicas: { clouds: ['a', 'b'] } }));
    group.world.cloud('a').room = 2;
    const ticks = group.runUntil((one) => one.isWhole());
    expect(ticks).toBeLessThan(30);
  });

  it('waits longer each time, degrades its service when nothing is left, and goes on', () => {
    const group = new SimulatedGroup(simulatedSpec());
    group.world.cloud('').room = 0;
    const tries: number[] = [];
    const kinds = new Set<string>();
    group.onTick = ({ snapshot, decision }) => {
      if (decision.action !== undefined) tries.push(snapshot.now);
      for (const { kind } of decision.events) kinds.add(kind);
    };
    group.run(720);
    expect(kinds).toEqual(new Set(['scale', 'launch-failed', 'degraded']));
    expect(conditionOf(group.state, group.spec)).toEqual({
      condition: 'degraded',
      because: 'no launch succeeds: simulated: quota-exceeded',
    });
    const waits = tries.slice(1).map((at, index) => at - tries[index]!);
    expect(waits.slice(0, 7)).toEqual(waits.slice(0, 7).toSorted((one, other) => one - other));
    expect(Math.max(...waits)).toBeLessThanOrEqual(310_000);
    endFaults(group);
    group.runUntil((one) => one.isWhole());
    group.run(70);
    expect(conditionOf(group.state, group.spec)).toEqual({ condition: 'ok' });
    expect(kinds).toContain('recovered');
  });
});

describe('an action of which nothing is known', () => {
  it('is decided anew from what is there', () => {
    const group = new SimulatedGroup(simulatedSpec());
    const snapshot = group.snapshot();
    const first = decideGroup(snapshot);
    const again = decideGroup({ ...snapshot, state: first.state });
    expect(again.action).toEqual(first.action);
  });
});

describe('a plan without a launch that fails', () => {
  it('is not begun again at once', () => {
    const group = new SimulatedGroup(simulatedSpec());
    group.runUntil((one) => one.isWhole());
    const pending = {
      kind: 'change',
      counts: { '': 2 },
      retire: [],
      recreate: [],
      order: 'launch-first',
    } as const;
    const state = { ...group.state, pending: { ...pending, because: 'retire vm-9', at: group.world.now } };
    const outcome = { isSuccess: false, errorCode: 'unavailable', because: 'It does not answer.' };
    const decision = decideGroup({ ...group.snapshot(), state, outcome });
    expect(decision.state.setback).toMatchObject({ failures: 1, because: 'It does not answer' });
    expect(decision.state.setback!.notBefore).toBeGreaterThan(group.world.now);
    expect(decision.events[0]?.text).toBe('A plan failed (retire vm-9): It does not answer.');
  });
});
