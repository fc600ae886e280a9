import { test as propertyTest } from '@fast-check/vitest';
import { type VmName, sha256OfJson } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideChanges } from '../decide-changes.ts';
import { deriveDrift } from '../drift.ts';
import type { DesiredInfrastructure, ObservedInfrastructure } from '../model.ts';
import { type PlanOptions, planDeploy } from '../plan.ts';
import { isHeld } from '../plan-scope.ts';
import { arbitraryOrder } from '../testing/arbitrary-order.ts';
import { arbitraryServed, arbitraryServedWorld } from '../testing/arbitrary-services.ts';
import { simulatePlan } from '../testing/simulate-plan.ts';
import { outdatedReplicas } from './outdated-replicas.ts';
import { memberStage } from './service-stages.ts';

const hash = sha256OfJson;

function plan(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  options: Partial<PlanOptions> = {},
): PlannedStep[] {
  return planDeploy(desired, observed, { hash, ...options });
}

function heldIn(desired: DesiredInfrastructure, observed: ObservedInfrastructure): ReadonlySet<VmName> {
  const held = decideChanges(desired, observed).filter((each) => isHeld(desired, observed, each));
  return new Set(held.map(({ vm }) => vm.spec.name));
}

/** Those on standby that get requests. */
function joinedStandby(
  { vms, services }: DesiredInfrastructure,
  observed: ObservedInfrastructure,
): readonly VmName[] {
  const standby = vms.filter(({ isStandby = false, isStopped }) => isStandby && !isStopped);
  return standby
    .filter(({ vmm, spec: { name } }) => {
      const isOn = observed.vms.some((vm) => vm.name === name && vm.vmm === vmm && vm.status === 'running');
      const kept = observed.configured[name] ?? {};
      return isOn && services.some(({ spec }) => kept[memberStage(spec.id)] !== undefined);
    })
    .map(({ spec }) => spec.name);
}

/** Whether no VM that a balancer stands on is off. */
function canAllJoin({ balancers, vms }: DesiredInfrastructure): boolean {
  const off = new Set(vms.filter(({ isStopped }) => isStopped).map(({ spec }) => spec.name));
  return balancers.every(({ hosts }) => !hosts.some((host) => off.has(host)));
}

const runs = { numRuns: 400 };

describe('a plan of an infrastructure with services', () => {
  propertyTest.prop([arbitraryServed, arbitraryServedWorld, arbitraryOrder], runs)(
    'runs in any order, interrupts no replica that gets requests, and leaves nothing to do',
    (desired, observed, choose) => {
      const first = simulatePlan(plan(desired, observed), observed, { desired, choose });
      // One on standby is taken out before anything else is done to it.
      const isTakenOut = joinedStandby(desired, observed).length > 0;
      const after = isTakenOut ? simulatePlan(plan(desired, first), first, { desired, choose }) : first;
      expect(plan(desired, after)).toEqual([]);
      for (const { spec, replicas } of desired.services)
        for (const name of replicas) {
          const { isStopped, isStandby = false } = desired.vms.find((vm) => vm.spec.name === name)!;
          const isIn = after.configured[name]?.[memberStage(spec.id)] !== undefined;
          if (!isStopped && (isStandby || canAllJoin(desired)))
            expect([name, isIn]).toEqual([name, !isStandby]);
        }
    },
  );

  propertyTest.prop([arbitraryServed, arbitraryServedWorld], runs)(
    'touches no replica that is in service, except to measure it, or to take out one on standby',
    (desired, observed) => {
      const held = heldIn(desired, observed);
      const touched = plan(desired, observed).filter(({ id, kind }) =>
        [...held].some((name) => kind !== 'monitor-vm@1' && new RegExp(`:${name}(@|:|$)`).test(id)),
      );
      const out = joinedStandby(desired, observed).map((name) => `leave-service:${name}:web`);
      expect(touched.map(({ id }) => id)).toEqual(out);
    },
  );

  propertyTest.prop([arbitraryServed, arbitraryServedWorld, arbitraryOrder], runs)(
    'rolled replica by replica, all is as the document says',
    (desired, observed, choose) => {
      let now = simulatePlan(plan(desired, observed), observed, { desired, choose });
      for (const name of outdatedReplicas(desired, now, hash)) {
        const steps = plan(desired, now, { only: new Set([name]) });
        expect(steps.length).toBeGreaterThan(0);
        now = simulatePlan(steps, now, { desired, choose });
      }
      now = simulatePlan(plan(desired, now), now, { desired, choose });
      // Addresses of those that were made anew are known to the others after another round.
      for (const name of outdatedReplicas(desired, now, hash))
        now = simulatePlan(plan(desired, now, { only: new Set([name]) }), now, { desired, choose });
      now = simulatePlan(plan(desired, now), now, { desired, choose });
      expect(driftOf(desired, now)).toEqual([]);
    },
  );

  propertyTest.prop([arbitraryServed, arbitraryServedWorld, fc.subarray([1, 2, 3, 4, 5])], runs)(
    'touches nothing but the replicas that it was told',
    (desired, observed, numbers) => {
      const only = new Set(
        desired.vms.filter(({ number }) => numbers.includes(number)).map((vm) => vm.spec.name),
      );
      const others = desired.vms.map(({ spec }) => spec.name).filter((name) => !only.has(name));
      for (const { id, kind } of plan(desired, observed, { only })) {
        if (kind === 'apply-balancer@1') continue;
        expect(others.filter((name) => new RegExp(`:${name}(@|:|$)`).test(id))).toEqual([]);
      }
    },
  );

  propertyTest.prop([arbitraryServed, arbitraryServedWorld], runs)(
    'is empty exactly when nothing drifted but replicas that wait for their turn',
    (desired, observed) => {
      const held = heldIn(desired, observed);
      const drift = driftOf(desired, observed).filter(
        ({ kind, subject }) =>
          kind === 'replica-not-measured' ||
          kind === 'replica-still-joined' ||
          ![...held].some((name) => name === subject),
      );
      expect(drift.length === 0).toBe(plan(desired, observed).length === 0);
    },
  );
});

function driftOf(desired: DesiredInfrastructure, observed: ObservedInfrastructure) {
  return deriveDrift(desired, observed, {
    infrastructure: { name: 'front' },
    repairedSystems: new Set(),
    hash,
  });
}

describe('drift of services', () => {
  const [desired] = fc.sample(
    arbitraryServed.filter(
      ({ services, balancers, vms }) =>
        services[0]?.spec.scaling.policies.length === 1 &&
        balancers[0]?.kind === 'haproxy' &&
        vms.every(({ isStopped, isStandby = false }) => !isStopped && !isStandby),
    ),
    { numRuns: 1, seed: 3 },
  ) as [DesiredInfrastructure];
  const nothing = { vms: [], networks: [], disks: [], updates: {}, configured: {} };
  const whole = simulatePlan(plan(desired, nothing), nothing, { desired });
  const [replica] = desired.services[0]!.replicas as [VmName];
  const balancer = desired.balancers[0]!;

  it('names a replica that gets no requests, one that is not measured, and a balancer that is not set up', () => {
    const { [balancer.name as VmName]: _, ...configured } = whole.configured;
    const { 'service:web': _joined, monitor: _measured, ...kept } = configured[replica]!;
    const drift = driftOf(desired, { ...whole, configured: { ...configured, [replica]: kept } });
    expect(drift.map(({ kind, subject, isRepaired }) => [kind, subject, isRepaired])).toEqual([
      ['replica-not-joined', replica, true],
      ['replica-not-measured', replica, true],
      ['balancer-not-set-up', balancer.name, false],
    ]);
  });

  it('tells what brings a replica up to date that waits for its turn, and a balancer that nobody asks for', () => {
    const vms = whole.vms.map((vm) => (vm.name === replica ? { ...vm, memoryMiB: 1 } : vm));
    expect(driftOf(desired, { ...whole, vms })).toMatchObject([
      { kind: 'vm-resized', isRepaired: true, remedy: 'trencadis service roll web --infrastructure front' },
    ]);
    const without = { ...desired, services: [], balancers: [] };
    expect(driftOf(without, whole)).toMatchObject([{ kind: 'balancer-unknown', subject: balancer.name }]);
  });
});
