import { test as propertyTest } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planDeploy, planDestroy, planRemoval } from './plan.ts';
import { arbitraryDesired, arbitraryObserved, nothingObserved } from './testing/arbitrary-infrastructure.ts';
import { simulatePlan } from './testing/simulate-plan.ts';

describe('planDeploy', () => {
  propertyTest.prop([arbitraryDesired, arbitraryObserved], { numRuns: 300 })(
    'plans nothing once its plan was applied, whatever was there',
    (desired, observed) => {
      const after = simulatePlan(planDeploy(desired, observed), observed);
      expect(planDeploy(desired, after)).toEqual([]);
    },
  );

  propertyTest.prop([arbitraryDesired, arbitraryObserved], { numRuns: 300 })(
    'ends with exactly the VMs and networks asked for',
    (desired, observed) => {
      const after = simulatePlan(planDeploy(desired, observed), observed);
      expect(after.vms.map((vm) => vm.name).sort()).toEqual(desired.vms.map((vm) => vm.spec.name).sort());
      expect(after.networks.map((network) => network.name).sort()).toEqual(
        desired.networks.map((network) => network.name).sort(),
      );
      expect(after.vms.every((vm) => vm.status === 'running')).toBe(true);
    },
  );

  propertyTest.prop([arbitraryDesired, arbitraryObserved], { numRuns: 300 })(
    'gives the same steps for the same input, with ids of their own',
    (desired, observed) => {
      const steps = planDeploy(desired, observed);
      expect(planDeploy(desired, observed)).toEqual(steps);
      expect(new Set(steps.map((step) => step.id)).size).toBe(steps.length);
    },
  );

  it('removes a network only after the VMs that are replaced have left it', () => {
    const onBoth = arbitraryDesired.filter(
      ({ vms }) => vms.length === 1 && vms[0]?.spec.interfaces.length === 2,
    );
    const [before] = fc.sample(onBoth, { numRuns: 1, seed: 1 });
    const [vm] = before!.vms;
    const [kept, leaving] = before!.networks;
    const spec = { ...vm!.spec, interfaces: [{ network: kept!.name }] };
    const desired = { ...before!, networks: [kept!], vms: [{ ...vm!, spec }] };
    const whole = simulatePlan(planDeploy(before!, nothingObserved), nothingObserved);
    for (const status of ['running', 'creating', 'stopped', 'failed'] as const) {
      const observed = { ...whole, vms: whole.vms.map((each) => ({ ...each, status })) };
      const steps = planDeploy(desired, observed);
      const removal = steps.find(({ id }) => id === `delete-network:${leaving!.name}`);
      expect(removal?.after).toEqual([`delete-vm:${vm!.spec.name}`]);
      expect(planDeploy(desired, simulatePlan(steps, observed))).toEqual([]);
    }
  });

  it('goes on with a VM that is being created and has not all its addresses yet', () => {
    const onBoth = arbitraryDesired.filter(
      ({ vms }) => vms.length === 1 && vms[0]?.spec.interfaces.length === 2,
    );
    const [desired] = fc.sample(onBoth, { numRuns: 1, seed: 1 });
    const whole = simulatePlan(planDeploy(desired!, nothingObserved), nothingObserved);
    for (const count of [0, 1, 2]) {
      const vms = whole.vms.map((vm) => ({
        ...vm,
        status: 'creating' as const,
        addresses: vm.addresses.slice(0, count),
      }));
      const [first] = planDeploy(desired!, { ...whole, vms });
      expect(first?.kind).toBe('create-vm@1');
    }
  });

  it('configures all again when a peer is new, as addresses of peers are part of a configuration', () => {
    const twoConfigured = arbitraryDesired.filter(
      ({ vms }) => vms.length === 2 && vms.every((vm) => vm.configuration),
    );
    const [desired] = fc.sample(twoConfigured, { numRuns: 1, seed: 1 });
    if (!desired) throw new Error('no sample');
    const whole = simulatePlan(planDeploy(desired, nothingObserved), nothingObserved);
    const lost = { ...whole, vms: whole.vms.slice(1) };
    const steps = planDeploy(desired, lost);
    expect(steps.filter((step) => step.kind === 'create-vm@1')).toHaveLength(1);
    expect(steps.filter((step) => step.kind === 'configure-vm@1')).toHaveLength(2);
  });
});

describe('planDestroy', () => {
  propertyTest.prop([arbitraryObserved])(
    'removes all that carries the tag, VMs before what they are attached to',
    (observed) => {
      const target = { id: 'inf-aaaaaaaa', vmm: 'memory' } as Parameters<typeof planRemoval>[0];
      const steps = planDestroy(target.id, planRemoval(target, observed));
      expect(simulatePlan(steps, observed)).toEqual(nothingObserved);
    },
  );
});
