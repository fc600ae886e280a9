import { test as propertyTest } from '@fast-check/vitest';
import { type VmName, sha256OfJson } from '@trencadis/ids';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveDrift } from '../drift.ts';
import type { DesiredInfrastructure, ObservedInfrastructure } from '../model.ts';
import { type PlanOptions, planDeploy } from '../plan.ts';
import { arbitraryOrder } from '../testing/arbitrary-order.ts';
import { arbitraryServed, arbitraryServedWorld } from '../testing/arbitrary-services.ts';
import { simulatePlan } from '../testing/simulate-plan.ts';
import { memberStage } from './service-stages.ts';

const hash = sha256OfJson;
const runs = { numRuns: 300 };

const [whole] = fc.sample(
  arbitraryServed.filter(
    ({ services, balancers, vms }) =>
      (services[0]?.replicas.length ?? 0) > 1 &&
      balancers[0]?.kind === 'haproxy' &&
      vms.every(({ isStopped, isStandby = false }) => !isStopped && !isStandby),
  ),
  { numRuns: 1, seed: 5 },
) as [DesiredInfrastructure];
const nothing = { vms: [], networks: [], disks: [], updates: {}, configured: {} };
const brought = simulatePlan(planDeploy(whole, nothing, { hash }), nothing, { desired: whole });
const [one, other] = whole.services[0]!.replicas as [VmName, VmName];

function withStandby(desired: DesiredInfrastructure, ...names: readonly VmName[]): DesiredInfrastructure {
  const vms = desired.vms.map((vm) => ({ ...vm, isStandby: names.includes(vm.spec.name) }));
  return { ...desired, vms };
}

function stepsOf(options: Partial<PlanOptions>, desired = whole, observed: ObservedInfrastructure = brought) {
  return planDeploy(desired, observed, { hash, ...options }).map(({ id }) => id);
}

const driftOf = (desired: DesiredInfrastructure, observed: ObservedInfrastructure) =>
  deriveDrift(desired, observed, { infrastructure: { name: 'front' }, repairedSystems: new Set(), hash });

describe('a replica that is asked to be finished', () => {
  it('is let in again although it seems to be in service; others are not', () => {
    const only = new Set([one]);
    expect(stepsOf({ only })).toEqual([]);
    expect(stepsOf({ only, finish: only })).toEqual([`join-service:${one}:web`]);
  });

  it('is not let in while it stands by', () => {
    const only = new Set([one]);
    const desired = withStandby(whole, one);
    const out = simulatePlan(planDeploy(desired, brought, { hash }), brought, { desired });
    expect(stepsOf({ only, finish: only }, desired, out)).toEqual([]);
  });

  propertyTest.prop([arbitraryServed, arbitraryServedWorld, arbitraryOrder], runs)(
    'is made, configured and in service after the plan, whatever it lacks',
    (desired, observed, choose) => {
      const known = simulatePlan(planDeploy(desired, observed, { hash }), observed, { desired, choose });
      const off = new Set(desired.vms.filter(({ isStopped }) => isStopped).map(({ spec }) => spec.name));
      const canJoin = desired.balancers.every(({ hosts }) => !hosts.some((host) => off.has(host)));
      for (const { spec, replicas } of desired.services)
        for (const name of replicas) {
          const vm = desired.vms.find((each) => each.spec.name === name)!;
          const { [name]: _, ...configured } = known.configured;
          const only = new Set([name]);
          const steps = planDeploy(desired, { ...known, configured }, { hash, only, finish: only });
          const after = simulatePlan(steps, { ...known, configured }, { desired, choose });
          if (vm.isStopped || vm.isStandby === true) expect(joins(steps)).toEqual([]);
          else if (canJoin) expect(after.configured[name]?.[memberStage(spec.id)]).toBeDefined();
        }
    },
  );
});

const joins = (steps: readonly { readonly kind: string }[]) =>
  steps.filter(({ kind }) => kind === 'join-service@1');

describe('a replica on standby', () => {
  it('is taken out by a plan that names it, whether or not it seems to be in service, and alone', () => {
    const desired = withStandby(whole, one);
    const leave = new Set([one]);
    const only = new Set<VmName>();
    expect(stepsOf({ only, leave }, desired)).toEqual([`leave-service:${one}:web`]);
    const { [one]: _, ...configured } = brought.configured;
    expect(stepsOf({ only, leave }, desired, { ...brought, configured })).toEqual([
      `leave-service:${one}:web`,
    ]);
    expect(stepsOf({ only }, desired)).toEqual([]);
  });

  it('is drift while it is in service, and none once it is out', () => {
    const desired = withStandby(whole, one);
    expect(driftOf(desired, brought)).toMatchObject([
      { kind: 'replica-still-joined', subject: one, isRepaired: true },
    ]);
    expect(stepsOf({}, desired)).toEqual([`leave-service:${one}:web`]);
    const after = simulatePlan(planDeploy(desired, brought, { hash }), brought, { desired });
    expect([driftOf(desired, after), stepsOf({}, desired, after)]).toEqual([[], []]);
    expect(after.configured[other]).toHaveProperty('service:web');
  });

  it('is made again where it is gone, and stays out', () => {
    const desired = withStandby(whole, one);
    const gone = { ...brought, vms: brought.vms.filter(({ name }) => name !== one), configured: {} };
    const steps = stepsOf({}, desired, gone);
    expect(steps.some((id) => id.startsWith(`create-vm:${one}`))).toBe(true);
    expect(steps).toContain(`join-service:${other}:web`);
    expect(steps).not.toContain(`join-service:${one}:web`);
  });

  it('is no member of a balancer that is made anew', () => {
    const desired = withStandby(whole, one);
    const apply = planDeploy(desired, nothing, { hash }).find(({ kind }) => kind === 'apply-balancer@1');
    const { members } = apply!.args as { members: { name: string }[] };
    expect(members.map(({ name }) => name)).toEqual(whole.services[0]!.replicas.slice(1));
  });
});
