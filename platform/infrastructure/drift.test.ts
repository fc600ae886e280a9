import { test as propertyTest } from '@fast-check/vitest';
import { sha256OfJson, sha256OfText } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { type Drift, asDesired, deriveDrift, vmsToRepair } from './drift.ts';
import type { DesiredInfrastructure, ObservedInfrastructure, ObservedVm } from './model.ts';
import { planDeploy } from './plan.ts';
import { arbitraryDesired, arbitraryObserved, nothingObserved } from './testing/arbitrary-infrastructure.ts';
import { desiredFront, exampleInfrastructure } from './testing/examples.ts';
import { simulatePlan } from './testing/simulate-plan.ts';

const infrastructure = exampleInfrastructure('front');
const desired = desiredFront(infrastructure);
const { spec } = desired.vms[0]!;
const hash = sha256OfJson;
const whole = simulatePlan(planDeploy(desired, nothingObserved, { hash }), nothingObserved, { desired });
const [vm] = whole.vms;

function driftOf(
  observed: ObservedInfrastructure,
  {
    of = desired,
    repaired = [] as readonly string[],
  }: { of?: DesiredInfrastructure; repaired?: readonly string[] } = {},
): readonly Drift[] {
  return deriveDrift(of, observed, { infrastructure, repairedSystems: new Set(repaired), hash });
}

function withVm(changes: Partial<ObservedVm>): ObservedInfrastructure {
  return { ...whole, vms: [{ ...vm!, ...changes }] };
}

const turnedOff: DesiredInfrastructure = {
  ...desired,
  vms: desired.vms.map((each) => ({ ...each, isStopped: true })),
};

describe('deriveDrift', () => {
  propertyTest.prop([arbitraryDesired, arbitraryObserved], { numRuns: 400 })(
    'is empty exactly when there is nothing to plan',
    (wanted, observed) => {
      const isPlanEmpty = planDeploy(wanted, observed, { hash }).length === 0;
      expect(driftOf(observed, { of: wanted }).length === 0).toBe(isPlanEmpty);
      const applied = simulatePlan(planDeploy(wanted, observed, { hash }), observed, { desired: wanted });
      expect(driftOf(applied, { of: wanted }).length === 0).toBe(
        planDeploy(wanted, applied, { hash }).length === 0,
      );
    },
  );

  const cases: readonly [string, ObservedInfrastructure, Partial<Drift>][] = [
    ['gone', { ...whole, vms: [] }, { kind: 'vm-gone', expected: '1 CPU, 512 MiB', observed: 'no such VM' }],
    [
      'failed',
      withVm({ status: 'failed', failure: 'no memory' }),
      { kind: 'vm-failed', observed: 'failed: no memory' },
    ],
    ['unfinished', withVm({ status: 'creating' }), { kind: 'vm-unfinished', observed: 'creating' }],
    [
      'stopped',
      withVm({ status: 'stopped' }),
      { kind: 'vm-stopped', expected: 'running', observed: 'stopped' },
    ],
    ['resized', withVm({ memoryMiB: 256 }), { kind: 'vm-resized', observed: '1 CPU, 256 MiB' }],
    ['without its disk', withVm({ disks: [] }), { kind: 'vm-disks', observed: 'no disks' }],
    [
      'of another image',
      withVm({ image: { location: 'x', digest: sha256OfText('x') } }),
      { kind: 'vm-image' },
    ],
    ['without its network', withVm({ addresses: [] }), { kind: 'vm-interfaces', observed: 'no networks' }],
    ['not configured', { ...whole, configured: {} }, { kind: 'vm-not-configured' }],
  ];
  for (const [what, observed, expected] of cases) {
    it(`names a VM that is ${what}, where, and what mends it`, () => {
      const remedy = 'trencadis drift front --repair';
      expect(driftOf(observed)).toContainEqual(
        expect.objectContaining({
          subject: spec.name,
          vmm: 'memory',
          isRepaired: false,
          remedy,
          ...expected,
        }),
      );
    });
  }

  it('names a VM that runs and should be off, and none that is off or gone as it should', () => {
    expect(driftOf(whole, { of: turnedOff })).toEqual([
      expect.objectContaining({ kind: 'vm-running', expected: 'stopped', observed: 'running' }),
    ]);
    expect(driftOf(withVm({ status: 'stopped' }), { of: turnedOff })).toEqual([]);
    expect(driftOf({ ...whole, vms: [] }, { of: turnedOff })).toEqual([]);
  });

  it('names networks and disks that are gone, and what nobody asked for with our tag', () => {
    const kinds = driftOf({ ...whole, networks: [], disks: [] }).map(({ kind }) => kind);
    expect(kinds).toEqual(['network-gone', 'disk-gone']);
    const nobody: DesiredInfrastructure = { ...desired, vms: [], networks: [], disks: [], databases: [] };
    const unknown = driftOf(whole, { of: nobody, repaired: ['front'] });
    expect(unknown.map(({ kind, isRepaired }) => `${kind} ${isRepaired}`)).toEqual([
      'vm-unknown false',
      'network-unknown false',
      'disk-unknown false',
    ]);
  });

  it('says of each that the platform mends it where the document has the system repaired', () => {
    const repaired = ['front'];
    const isRepaired = (observed: ObservedInfrastructure) =>
      driftOf(observed, { repaired }).map((each) => each.isRepaired);
    expect(isRepaired({ ...whole, vms: [] })).toEqual([true]);
    expect(isRepaired({ ...whole, networks: [], disks: [] })).toEqual([true, true]);
    expect(driftOf({ ...whole, vms: [] }, { repaired: ['back'] })[0]?.isRepaired).toBe(false);
    // Still coming up, and done with something older: neither was lost.
    expect(isRepaired(withVm({ status: 'creating' }))).not.toContain(true);
    expect(isRepaired({ ...whole, configured: {} })).toEqual([false]);
  });
});

describe('vmsToRepair', () => {
  const repaired = new Set(['front']);
  const toRepair = (observed: ObservedInfrastructure) => [
    ...vmsToRepair(desired, driftOf(observed, { repaired: ['front'] }), repaired),
  ];

  it('is the VM itself, or the one whose disk or network is gone', () => {
    expect(toRepair(whole)).toEqual([]);
    expect(toRepair({ ...whole, vms: [] })).toEqual([spec.name]);
    expect(toRepair({ ...whole, disks: [] })).toEqual([spec.name]);
    expect(toRepair({ ...whole, configured: {} })).toEqual([]);
  });

  propertyTest.prop([arbitraryDesired, arbitraryObserved], { numRuns: 200 })(
    'brings them back, and after that there is nothing more to repair',
    (wanted, observed) => {
      const drift = driftOf(observed, { of: wanted, repaired: ['front'] });
      const only = vmsToRepair(wanted, drift, repaired);
      if (only.size === 0) return;
      const steps = planDeploy(wanted, observed, { hash, only });
      const after = simulatePlan(steps, observed, { desired: wanted });
      expect(vmsToRepair(wanted, driftOf(after, { of: wanted, repaired: ['front'] }), repaired)).toEqual(
        new Set(),
      );
    },
  );
});

describe('asDesired', () => {
  it('names some of it, and how many more there are', () => {
    expect(asDesired([])).toEqual({ type: 'AsDesired', status: 'true', reason: 'NothingDrifted' });
    const many = Array.from({ length: 7 }, () => driftOf({ ...whole, vms: [] })).flat();
    expect(asDesired(many).reason).toMatch(/^Drifted: vm-gone \S+, .* and 2 more$/);
  });
});
