import { fc, test as propertyTest } from '@fast-check/vitest';
import type { InfrastructureStatus, Member, VmStatusView } from '@trencadis/infrastructure';
import { describe, expect, it } from 'vitest';
import { type ImState, decideStates, foldStates } from './decide-states.ts';

const states: readonly ImState[] = [
  'pending',
  'running',
  'configured',
  'unconfigured',
  'stopped',
  'off',
  'failed',
  'unknown',
  'deleting',
];

describe('foldStates', () => {
  propertyTest.prop([fc.array(fc.constantFrom(...states), { minLength: 1 }), fc.nat()])(
    'does not depend on the order of the machines, and is one of their states',
    (list, shift) => {
      const at = shift % list.length;
      const turned = [...list.slice(at), ...list.slice(0, at)];
      expect(foldStates(turned.toReversed())).toBe(foldStates(list));
      expect(list).toContain(foldStates(list));
    },
  );

  it.each<[readonly ImState[], ImState]>([
    [['configured', 'failed'], 'failed'],
    [['failed', 'unknown'], 'failed'],
    [['running', 'pending'], 'pending'],
    [['configured', 'running'], 'running'],
    [['configured', 'unconfigured'], 'unconfigured'],
    [['stopped', 'configured'], 'configured'],
    [['stopped', 'stopped'], 'stopped'],
    [['configured', 'off'], 'off'],
  ])('of %j is %s', (list, expected) => {
    expect(foldStates(list)).toBe(expected);
  });
});

const member: Member = { systemId: 'node', number: 1, ordinal: 4, vmm: 'memory' };
const view = (changes: Partial<VmStatusView> = {}): VmStatusView => ({
  name: 'inf-a-node-1' as VmStatusView['name'],
  systemId: 'node',
  vmm: 'memory',
  ordinal: 4,
  status: 'running',
  isStopped: false,
  isConfigured: true,
  addresses: {},
  endpoints: [],
  ...changes,
});
type Step = NonNullable<InfrastructureStatus['lastPlan']>['steps'][number];
const step = (id: string, state: Step['state']): Step => ({ id, title: id, state });

function stateOf(vm: VmStatusView, steps: readonly Step[] = [], saga: 'running' | 'kept' = 'running') {
  const lastPlan = { id: 'plan-a', kind: 'deploy', saga, steps };
  const status = {
    phase: 'deploying',
    conditions: [],
    vms: [vm],
    lastPlan,
  } as unknown as InfrastructureStatus;
  return decideStates({ members: [member], isDestroyRequested: false }, status).vms.get('4');
}

const creation = (state: Step['state']) => step('create-vm:inf-a-node-1@memory', state);
const configuration = (state: Step['state']) => step('configure-vm:inf-a-node-1:1', state);

describe('decideStates', () => {
  it.each([
    ['creating', stateOf(view({ status: 'creating' })), 'pending'],
    ['not begun', stateOf(view({ status: 'absent' }), [creation('waiting')]), 'pending'],
    ['not made', stateOf(view({ status: 'absent' }), [creation('failed')], 'kept'), 'failed'],
    ['gone by itself', stateOf(view({ status: 'absent' }), [creation('succeeded')]), 'off'],
    ['gone while it shall be off', stateOf(view({ status: 'absent', isStopped: true })), 'stopped'],
    [
      'on, before its recipe ran',
      stateOf(view({ isConfigured: false }), [configuration('waiting')]),
      'running',
    ],
    [
      'on, after its recipe failed',
      stateOf(view({ isConfigured: false }), [configuration('failed')], 'kept'),
      'unconfigured',
    ],
    ['on, while others are configured', stateOf(view(), [configuration('succeeded')]), 'configured'],
    [
      'on, with no plan that would configure it',
      stateOf(view({ isConfigured: false }), [], 'kept'),
      'unconfigured',
    ],
    ['another’s failure', stateOf(view(), [step('create-vm:inf-a-node-2@memory', 'failed')]), 'configured'],
  ])('of one that is %s', (_what, state, expected) => {
    expect(state).toBe(expected);
  });

  it('is unknown for those VMs only whose VM manager cannot be asked', () => {
    const away = { ...view({ status: 'unknown', name: 'inf-a-node-2' as VmStatusView['name'] }), ordinal: 5 };
    const status = { phase: 'unknown', conditions: [], vms: [view(), away] } as InfrastructureStatus;
    const members = [member, { ...member, number: 2, ordinal: 5 }];
    const { state, vms } = decideStates({ members, isDestroyRequested: false }, status);
    expect([state, ...vms.values()]).toEqual(['unknown', 'configured', 'unknown']);
  });

  it('is unknown where nothing can be observed, and deleting once that is asked for', () => {
    const members = [member];
    expect(decideStates({ members, isDestroyRequested: false }, undefined).state).toBe('unknown');
    const deleting = decideStates({ members, isDestroyRequested: true }, undefined);
    expect([deleting.state, deleting.vms.get('4')]).toEqual(['deleting', 'deleting']);
  });
});
