import type { VmName } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { decideChange } from './decide-change.ts';
import { withStandby } from './edit-group-state.ts';
import type { GroupAction, GroupState } from './model.ts';
import { exampleFacts, exampleReplica } from './testing/example-facts.ts';
import { SimulatedGroup } from './testing/simulated-group.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

const one = 'vm-0' as VmName;

function wholeGroup(replicas: Parameters<typeof simulatedSpec>[0] = {}): SimulatedGroup {
  const group = new SimulatedGroup(simulatedSpec({ scaling: { warmupMs: 15_000 }, ...replicas }));
  group.runUntil((each) => each.isWhole());
  return group;
}

function edit(group: SimulatedGroup, isStandby: boolean): void {
  group.state = withStandby(group.state, one, isStandby) as GroupState;
}

/** Of the ticks until the group is whole again. */
function actionsOf(group: SimulatedGroup): readonly GroupAction[] {
  const actions: GroupAction[] = [];
  group.onTick = ({ decision }) => {
    if (decision.action !== undefined) actions.push(decision.action);
  };
  group.tick();
  group.runUntil((each) => each.isWhole());
  return actions;
}

describe('a replica on standby', () => {
  it('is taken out in the next tick, alone; then another one takes its place', () => {
    const group = wholeGroup();
    edit(group, true);
    const [first, second, ...others] = actionsOf(group);
    expect(first).toMatchObject({ counts: { '': 3 }, retire: [], leave: [one], standby: [one] });
    expect(second).toMatchObject({ counts: { '': 4 }, retire: [], standby: [one] });
    expect(second).not.toHaveProperty('leave');
    expect(others).toEqual([]);
    expect(group.world.vms.get(one)?.joinedAt).toBeUndefined();
  });

  it('is left alone from then on', () => {
    const group = wholeGroup();
    edit(group, true);
    group.runUntil((each) => each.isWhole());
    group.run(10);
    expect(group.run(60)).toEqual([]);
    expect(actionsOf(group)).toEqual([]);
  });

  it('comes back into service, and one that is there too many leaves in its stead once it serves', () => {
    const group = wholeGroup();
    edit(group, true);
    group.runUntil((each) => each.isWhole());
    group.run(10);
    edit(group, false);
    const actions = actionsOf(group);
    expect(actions).toHaveLength(1);
    expect(actions[0]).toMatchObject({
      counts: { '': 3 },
      finish: [one],
      standby: [],
      order: 'launch-first',
    });
    expect(actions[0]).toHaveProperty('retire', ['vm-1']);
    expect(group.world.vms.get(one)?.joinedAt).toBeDefined();
  });

  it('comes back while launches are suspended, where none is too many', () => {
    const group = wholeGroup();
    group.state = { ...group.state, suspended: ['launch'] };
    edit(group, true);
    group.run(20);
    edit(group, false);
    expect(actionsOf(group)).toMatchObject([{ counts: { '': 3 }, retire: [], finish: [one], standby: [] }]);
  });

  it('is asked to leave once a minute, as long as it gets requests', () => {
    const standing = exampleReplica('vm-0', { standing: 'standby' });
    const replicas = [standing, exampleReplica('vm-1')];
    const { action, finishAt } = decideChange(exampleFacts(replicas, { state: { desired: 1 } }));
    expect(action).toMatchObject({ leave: [one] });
    const later = exampleFacts(replicas, { state: { desired: 1, finishAt: finishAt! } });
    expect(decideChange(later).action).toBeUndefined();
  });

  it('is not asked to leave while its VM manager is silent', () => {
    const replicas = [
      exampleReplica('vm-0', { standing: 'standby', answers: false }),
      exampleReplica('vm-1'),
    ];
    expect(decideChange(exampleFacts(replicas, { state: { desired: 1 } })).action).toBeUndefined();
  });

  it('keeps its place until it can come back, and nobody leaves for it before', () => {
    const back = exampleReplica('vm-0', { standing: 'pending', isUnfinished: true });
    const replicas = [{ ...back, view: { ...back.view, isStandby: true } }, exampleReplica('vm-1')];
    const waiting = exampleFacts(replicas, { state: { desired: 1, finishAt: Number.MAX_SAFE_INTEGER } });
    expect(decideChange(waiting).action).toBeUndefined();
    const now = exampleFacts(replicas, { state: { desired: 1 } });
    expect(decideChange(now).action).toMatchObject({ finish: [one], retire: ['vm-1'], standby: [] });
  });
});
