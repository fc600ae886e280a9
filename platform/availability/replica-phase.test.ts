import { describe, expect, it } from 'vitest';
import type { Standing } from './judged-replica.ts';
import type { ReplicaPhase, ReplicaView } from './model.ts';
import { phaseOf } from './replica-phase.ts';
import { exampleView } from './testing/example-facts.ts';
import { faults } from './testing/faults.ts';
import { SimulatedGroup } from './testing/simulated-group.ts';
import { simulatedSpec } from './testing/simulated-spec.ts';

const seen: readonly (readonly [ReplicaPhase, Standing, Partial<ReplicaView>])[] = [
  ['requested', 'pending', { vm: 'absent' }],
  ['booting', 'pending', { vm: 'creating' }],
  ['configuring', 'pending', { isConfigured: false }],
  ['joining', 'pending', { member: 'checking' }],
  ['warming', 'warming', {}],
  ['in-service', 'in-service', {}],
  ['draining', 'pending', { member: 'draining' }],
  ['draining', 'leaving', { member: 'draining' }],
  ['terminating', 'leaving', { member: 'absent' }],
  ['standby', 'standby', { member: 'draining' }],
  ['failed', 'dead', { vm: 'stopped' }],
  ['failed', 'unhealthy', {}],
];

describe('phaseOf', () => {
  it.each(seen)('is %s of what counts as %s and is seen as %j', (phase, standing, changes) => {
    const view = exampleView('vm', changes);
    expect(phaseOf({ view, standing, silenceMs: 0, before: undefined })).toBe(phase);
  });

  it('keeps the last one of a new replica whose VM manager falls silent, for 120 s', () => {
    const view = exampleView('vm', { vm: 'unknown' });
    const facts = { view, standing: 'pending', before: 'configuring' } as const;
    expect(phaseOf({ ...facts, silenceMs: 120_000 })).toBe('configuring');
    expect(phaseOf({ ...facts, silenceMs: 120_001 })).toBe('unknown');
  });
});

describe('the life of a replica', () => {
  it('is told by one event a phase, with its cause', () => {
    const group = new SimulatedGroup(simulatedSpec({ replicas: { min: 1, max: 1 } }));
    const textsOf = (ticks: number) =>
      group
        .run(ticks)
        .filter(({ vm, kind }) => vm === 'vm-0' || kind === 'phase')
        .map(({ text }) => text);
    expect(textsOf(30)).toEqual([
      'vm-0: booting.',
      'vm-0: configuring after booting.',
      'vm-0: joining after configuring.',
      'vm-0: warming after joining.',
      'vm-0: in-service after warming.',
    ]);
    faults.stop(group, 0);
    expect(textsOf(1)).toEqual([
      'vm-0 is unhealthy: its VM is stopped.',
      'vm-0: failed after in-service, its VM is stopped.',
    ]);
    expect(textsOf(30)).toContain('vm-0 is gone.');
  });
});
