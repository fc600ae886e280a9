import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { decideGroup } from './decide-group.ts';
import type { GroupSnapshot, ReplicaView } from './model.ts';
import { newGroupState } from './new-group-state.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

const spec = simulatedSpec({ replicas: { min: 2, max: 2 } });
const now = 1_000_000;

function view(number: number, changes: Partial<ReplicaView> = {}): ReplicaView {
  const name = brandId('VmName', `web-${number}`);
  const well = {
    vm: 'running',
    isConfigured: true,
    member: 'up',
    isOutdated: true,
    holdsDisk: false,
  } as const;
  return { name, cloud: '', number, ...well, ...changes };
}

function snapshot(replicas: readonly ReplicaView[]): GroupSnapshot {
  const inService = { since: 0, inServiceAt: 1, failures: 0, passes: 2 };
  const kept = replicas.filter(({ member }) => member === 'up').map(({ name }) => [name, inService] as const);
  const state = { ...newGroupState(spec), replicas: Object.fromEntries(kept) };
  return {
    now,
    spec,
    state,
    replicas,
    isPlanRunning: false,
    answeredAt: { '': now },
    samples: { byReplica: {}, ofGroup: {} },
  };
}

describe('an outdated replica that serves nobody', () => {
  it('is rolled at once, although the group is not whole', () => {
    const { action, state } = decideGroup(snapshot([view(1, { member: 'checking' }), view(2)]));
    expect(action).toMatchObject({ kind: 'roll', vms: ['web-1'] });
    expect(state.roll).toMatchObject({ total: 2, rolled: 0 });
  });

  it('is left alone where it is as the document says', () => {
    const { action } = decideGroup(snapshot([view(1, { member: 'checking', isOutdated: false }), view(2)]));
    expect(action).toBeUndefined();
  });
});
