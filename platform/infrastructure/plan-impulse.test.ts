import { test as propertyTest } from '@fast-check/vitest';
import { type VmName, sha256OfJson } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DesiredInfrastructure, DesiredVm, ObservedInfrastructure } from './model.ts';
import { planDeploy } from './plan.ts';
import { planImpulse } from './plan-impulse.ts';
import { arbitraryDesired, nothingObserved } from './testing/arbitrary-infrastructure.ts';
import { arbitraryOrder } from './testing/arbitrary-order.ts';
import { arbitraryServed } from './testing/arbitrary-services.ts';
import { simulatePlan } from './testing/simulate-plan.ts';

const idOf = ({ vmm, spec: { name } }: DesiredVm) => `${name}@${vmm}`;

describe('planImpulse', () => {
  propertyTest.prop([arbitraryDesired])('reboots exactly those VMs and waits for each', (desired) => {
    const vms = desired.vms.map(({ spec }) => spec.name).slice(0, 2);
    const steps = planImpulse(desired, nothingObserved, { kind: 'reboot', vms });
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
    const steps = planImpulse(desired, nothingObserved, { kind: 'reconfigure', vms: [vm.spec.name] });
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
    const steps = planImpulse(desired, nothingObserved, {
      kind: 'snapshot',
      vm: vm.spec.name,
      imageName: 'golden',
    });
    expect(steps).toMatchObject([
      { id: `snapshot-vm:${idOf(vm)}:golden`, args: { name: vm.spec.name, imageName: 'golden' } },
    ]);
  });
});

describe('planImpulse, of VMs that serve', () => {
  const kinds = fc.constantFrom('reboot', 'reconfigure');
  propertyTest.prop([arbitraryServed, kinds, arbitraryOrder], { numRuns: 300 })(
    'drains a replica before, lets it in after, and takes the next only then',
    (desired, kind, choose) => {
      const running = desired.vms.filter(({ isStopped }) => !isStopped).map(({ spec }) => spec.name);
      const whole = brought(desired);
      const steps = planImpulse(desired, whole, { kind, vms: running } as const);
      expect(simulatePlan(steps, whole, { desired, choose })).toEqual(whole);
      for (const { replicas } of desired.services) {
        const served = replicas.filter((name) => steps.some(({ id }) => id === `join-service:${name}:web`));
        for (const [index, name] of served.entries()) {
          const touching = steps.filter((step) => interrupts(step, name)).map(({ id }) => id);
          for (const id of touching) {
            expect([id, waitsFor(steps, id, `leave-service:${name}:web`)]).toEqual([id, true]);
            expect([id, waitsFor(steps, `join-service:${name}:web`, id)]).toEqual([id, true]);
          }
          if (index === 0) continue;
          const before = `join-service:${served[index - 1]!}:web`;
          expect(waitsFor(steps, `leave-service:${name}:web`, before)).toBe(true);
        }
      }
    },
  );

  it('reboots the hosts of a balancer one after the other, and the replicas after them', () => {
    const [pair, ...others] = desiredPair.balancers[0]!.hosts;
    const vms = desiredPair.vms.map(({ spec }) => spec.name);
    const steps = planImpulse(desiredPair, brought(desiredPair), { kind: 'reboot', vms });
    const rebootOf = (name: VmName) => steps.find((step) => interrupts(step, name))!.id;
    for (const host of others) {
      expect(waitsFor(steps, rebootOf(host), rebootOf(pair!))).toBe(true);
      for (const replica of desiredPair.services[0]!.replicas)
        expect(waitsFor(steps, rebootOf(replica), rebootOf(host))).toBe(true);
    }
  });
});

function brought(desired: DesiredInfrastructure): ObservedInfrastructure {
  const steps = planDeploy(desired, nothingObserved, { hash: sha256OfJson });
  return simulatePlan(steps, nothingObserved, { desired });
}

function interrupts({ kind, args }: PlannedStep, name: VmName): boolean {
  return /^(reboot-vm|configure-vm)@/.test(kind) && (args as { name: VmName }).name === name;
}

function waitsFor(steps: readonly PlannedStep[], id: string, other: string): boolean {
  const { after = [] } = steps.find((step) => step.id === id) ?? {};
  return after.some((each) => each === other || waitsFor(steps, each, other));
}

/** Of VMs that are on, two as the hosts of its balancer. */
const desiredPair = withPair(
  fc.sample(
    arbitraryServed.filter(
      ({ balancers, vms }) =>
        balancers[0]?.kind === 'haproxy' &&
        vms.every(({ isStopped, isStandby = false }) => !isStopped && !isStandby) &&
        vms.filter(({ systemId }) => systemId !== 'web').length > 1,
    ),
    { numRuns: 1, seed: 3 },
  )[0]!,
);

function withPair(desired: DesiredInfrastructure): DesiredInfrastructure {
  const hosts = desired.vms.filter(({ systemId }) => systemId !== 'web').map(({ spec }) => spec.name);
  const balancers = desired.balancers.map((each) => ({ ...each, hosts: hosts.slice(0, 2), isPair: true }));
  return { ...desired, balancers };
}
