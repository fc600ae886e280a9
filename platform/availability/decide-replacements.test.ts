import { describe, expect, it } from 'vitest';
import { decideGroup } from './decide-group.ts';
import { decideReplacements } from './decide-replacements.ts';
import { nameOf } from './judged-replica.ts';
import type { GroupAction, Process, ReplicaSpec } from './model.ts';
import { exampleFacts, exampleNow, exampleReplica } from './testing/example-facts.ts';
import { faults, liftFreeze } from './testing/faults.ts';
import { SimulatedGroup } from './testing/simulated-group.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

function wholeGroup(replicas: Partial<ReplicaSpec> = {}, holdsDisk = false): SimulatedGroup {
  const group = new SimulatedGroup(simulatedSpec({ replicas }), { holdsDisk });
  group.runUntil((one) => one.isWhole());
  return group;
}

function freeze({ world }: SimulatedGroup, count: number): void {
  for (const vm of [...world.vms.values()].slice(0, count)) vm.isFrozen = true;
}

/** The next action, within a minute. */
function nextAction(group: SimulatedGroup): GroupAction | undefined {
  for (let ticks = 0; ticks < 12; ticks++) {
    const action = group.tick()?.decision.action;
    if (action !== undefined) return action;
  }
  return undefined;
}

describe('replacements', () => {
  it('of a VM that vanished begin on that tick', () => {
    const group = wholeGroup();
    faults.vanish(group, 0);
    expect(group.tick()?.decision.action).toMatchObject({
      counts: { '': 3 },
      retire: ['vm-0'],
      order: 'launch-first',
    });
  });

  it('of all that vanished begin at once', () => {
    const group = wholeGroup({ min: 6, max: 6 });
    for (let count = 0; count < 4; count++) faults.vanish(group, 0);
    expect(nextAction(group)).toMatchObject({ counts: { '': 6 }, retire: ['vm-0', 'vm-1', 'vm-2', 'vm-3'] });
  });

  it('of unhealthy ones are launched first, one of ten at a time', () => {
    const group = wholeGroup({ min: 10, max: 10 });
    freeze(group, 3);
    expect(nextAction(group)).toMatchObject({ counts: { '': 10 }, retire: ['vm-0'], order: 'launch-first' });
    group.runUntil((one) => one.isWhole());
  });

  it('end the old one first where the document says so or there is no room beside it', () => {
    for (const replicas of [{ replace: 'terminate-first' as const }, { min: 3, max: 3, surge: 0 }]) {
      const group = wholeGroup(replicas);
      freeze(group, 1);
      expect(nextAction(group)).toMatchObject({ order: 'terminate-first' });
      group.runUntil((one) => one.isWhole());
    }
  });

  it('end the old one first at a VM manager that has no more room', () => {
    const group = wholeGroup();
    group.world.cloud('').room = 3;
    freeze(group, 1);
    expect(nextAction(group)).toMatchObject({ order: 'launch-first' });
    group.runUntil((one) => one.isWhole());
  });

  it('leave an unhealthy one alone until its successor can be launched', () => {
    const group = wholeGroup();
    group.world.cloud('').failures.push('internal');
    freeze(group, 1);
    expect(nextAction(group)).toMatchObject({ retire: ['vm-0'] });
    group.runUntil(({ state }) => state.launches[''] !== undefined);
    expect(group.state.pending).toBeUndefined();
    expect(nextAction(group)).toMatchObject({ counts: { '': 3 }, retire: ['vm-0'], order: 'launch-first' });
  });

  it('of what holds a disk are made in its place', () => {
    const group = wholeGroup({}, true);
    faults.stop(group, 0);
    expect(nextAction(group)).toMatchObject({ counts: { '': 3 }, retire: [], recreate: ['vm-0'] });
    group.runUntil((one) => one.isWhole());
  });

  it('stop when most turn unhealthy at once, until most are well or an operator says so', () => {
    const group = wholeGroup({ min: 4, max: 4 });
    freeze(group, 3);
    expect(nextAction(group)).toBeUndefined();
    expect(group.state.frozen?.because).toBe('3 of 4 replicas turned unhealthy at once');
    for (const vm of group.world.vms.values()) vm.isFrozen = false;
    group.run(3);
    expect(group.state.frozen).toBeUndefined();
    freeze(group, 3);
    group.run(12);
    liftFreeze(group);
    expect(nextAction(group)).toMatchObject({ retire: ['vm-0'] });
    group.runUntil((one) => one.isWhole());
  });

  it('of VMs that do not run go on meanwhile', () => {
    const group = wholeGroup({ min: 5, max: 5 });
    freeze(group, 3);
    group.run(6);
    faults.vanish(group, 4);
    expect(nextAction(group)).toMatchObject({ retire: ['vm-4'] });
  });

  it.each<Process>(['replace', 'launch', 'terminate'])('wait while `%s` is suspended', (process) => {
    const group = wholeGroup();
    group.state = { ...group.state, suspended: [process] };
    faults.vanish(group, 0);
    expect(nextAction(group)).toBeUndefined();
    group.state = { ...group.state, suspended: [] };
    group.runUntil((one) => one.isWhole());
  });

  it('retire nothing at a VM manager that is silent, and fill its place elsewhere', () => {
    const unhealthy = { since: exampleNow, because: 'it failed' };
    const lost = exampleReplica('lost', { standing: 'unhealthy', unhealthy, answers: false });
    const facts = exampleFacts([lost, exampleReplica('a'), exampleReplica('b')]);
    expect(decideReplacements(facts)).toEqual({ retire: [], recreate: [], kept: [] });
  });

  it('keep the place of what holds a disk there', () => {
    const lost = exampleReplica('lost', { standing: 'dead', answers: false, holdsDisk: true });
    expect(decideReplacements(exampleFacts([lost])).kept.map(nameOf)).toEqual(['lost']);
  });

  it('take what a failed plan left draining', () => {
    const group = wholeGroup();
    group.world.vms.get('vm-1' as never)!.isDraining = true;
    expect(nextAction(group)).toMatchObject({
      retire: ['vm-1'],
      because: 'launch 1, retire vm-1 (left draining)',
    });
  });
});

describe('one decision', () => {
  it('begins nothing while a plan runs, and keeps the new size all the same', () => {
    const group = wholeGroup();
    const snapshot = { ...group.snapshot(), isPlanRunning: true };
    const { action, state } = decideGroup(snapshot, (input) => ({
      desired: 5,
      state: input.state,
      findings: [],
    }));
    expect(action).toBeUndefined();
    expect(state.desired).toBe(5);
  });

  it('brings the size to new bounds at once', () => {
    const group = wholeGroup();
    group.spec = simulatedSpec({ replicas: { min: 5, max: 8 } });
    expect(group.tick()?.decision.action).toMatchObject({ counts: { '': 5 } });
    group.runUntil((one) => one.isWhole());
    group.run(20);
    group.spec = simulatedSpec({ replicas: { min: 1, max: 2 } });
    expect(group.tick()?.decision.action).toMatchObject({
      counts: { '': 2 },
      retire: ['vm-0', 'vm-1', 'vm-2'],
    });
  });

  it('asks for what an earlier plan left unfinished once a minute', () => {
    const group = wholeGroup();
    group.world.vms.get('vm-2' as never)!.joinedAt = undefined;
    const first = group.tick()!.decision;
    expect(first.action).toMatchObject({
      counts: { '': 3 },
      retire: [],
      finish: ['vm-2'],
      because: 'finish vm-2',
    });
    expect(group.state.finishAt).toBe(group.world.now + 60_000);
    group.runUntil((one) => one.isWhole());
  });
});
