import { test as propertyTest } from '@fast-check/vitest';
import { sha256OfJson } from '@trencadis/ids';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DesiredVm } from './model.ts';
import { planDeploy } from './plan.ts';
import { planImpulse } from './plan-impulse.ts';
import { arbitraryDesired, nothingObserved } from './testing/arbitrary-infrastructure.ts';
import { simulatePlan } from './testing/simulate-plan.ts';

const idOf = ({ vmm, spec: { name } }: DesiredVm) => `${name}@${vmm}`;

describe('planImpulse', () => {
  propertyTest.prop([arbitraryDesired])('reboots exactly those VMs and waits for each', (desired) => {
    const vms = desired.vms.map(({ spec }) => spec.name).slice(0, 2);
    const steps = planImpulse(desired, { kind: 'reboot', vms });
    const chosen = desired.vms.slice(0, 2).map(idOf);
    expect(steps.map(({ id, after }) => [id, after])).toEqual(
      chosen.flatMap((id) => [
        [`reboot-vm:${id}`, []],
        [`await-shell:${id}`, [`reboot-vm:${id}`]],
      ]),
    );
  });

  propertyTest.prop([arbitraryDesired])('configures those VMs anew, with all their steps', (desired) => {
    const vm = desired.vms.find(({ isStopped }) => !isStopped);
    if (vm === undefined) return fc.pre(false);
    const all = planDeploy(desired, nothingObserved, { hash: sha256OfJson });
    const whole = simulatePlan(all, nothingObserved, { desired });
    const steps = planImpulse(desired, { kind: 'reconfigure', vms: [vm.spec.name] });
    const runs = steps.flatMap(({ id, kind }) => (kind === 'configure-vm@2' ? [id] : []));
    expect(runs).toEqual(vm.configurations.map(({ step }) => `configure-vm:${vm.spec.name}:${step}:puppet`));
    const after = simulatePlan(steps, whole, { desired });
    expect(after).toEqual(whole);
  });

  it('makes an image of one VM', () => {
    const desired = fc.sample(
      arbitraryDesired.filter(({ vms }) => vms.length > 1),
      { numRuns: 1, seed: 1 },
    )[0]!;
    const vm = desired.vms[1]!;
    const steps = planImpulse(desired, { kind: 'snapshot', vm: vm.spec.name, imageName: 'golden' });
    expect(steps).toMatchObject([
      { id: `snapshot-vm:${idOf(vm)}:golden`, args: { name: vm.spec.name, imageName: 'golden' } },
    ]);
  });
});
