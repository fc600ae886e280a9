import { test as propertyTest } from '@fast-check/vitest';
import { type VmName, sha256OfJson } from '@trencadis/ids';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { userDataStage } from './configuration-key.ts';
import type { DesiredInfrastructure, DesiredVm, ObservedInfrastructure, ObservedVm } from './model.ts';
import { type PlanOptions, planDeploy } from './plan.ts';
import {
  arbitraryDesired,
  arbitraryGrowth,
  arbitraryObserved,
  nothingObserved,
} from './testing/arbitrary-infrastructure.ts';
import { type Choose, arbitraryOrder } from './testing/arbitrary-order.ts';
import { simulatePlan } from './testing/simulate-plan.ts';

function plan(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  options: Omit<PlanOptions, 'hash'> = {},
) {
  return planDeploy(desired, observed, { hash: sha256OfJson, ...options });
}

function applied(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure = nothingObserved,
  choose: Choose = () => 0,
): ObservedInfrastructure {
  return simulatePlan(plan(desired, observed), observed, { desired, choose });
}

const at = ({ vmm, name }: { readonly vmm: string; readonly name: string }) => `${name}@${vmm}`;
const idOf = ({ vmm, spec: { name } }: DesiredVm) => at({ vmm, name });
const isOff = ({ status }: { readonly status: string }) => status === 'stopped';

/** What the desired and the observed VM have in common. */
function likenessOf({ spec }: DesiredVm, present: ObservedVm) {
  const networksOf = (all: readonly { readonly network: string }[]) => all.map(({ network }) => network);
  return {
    machine:
      spec.image.digest === present.image.digest &&
      networksOf(spec.interfaces).join() === networksOf(present.addresses).join(),
    size: spec.memoryMiB === present.memoryMiB,
    disks: JSON.stringify(spec.disks) === JSON.stringify(present.disks),
  };
}

/** As it is, or changed in place. */
function canStay(
  vm: DesiredVm,
  present: ObservedVm,
  { updates, configured }: ObservedInfrastructure,
): boolean {
  const ways = updates[vm.vmm]!;
  const isSame = likenessOf(vm, present);
  const isSeedSame = [undefined, configured[vm.spec.name]?.[userDataStage]].includes(vm.userDataDigest);
  return isSame.machine && isSeedSame && (isSame.size || !!ways.size) && (isSame.disks || !!ways.disks);
}

describe('planDeploy', () => {
  propertyTest.prop([arbitraryDesired, arbitraryObserved, arbitraryOrder], { numRuns: 500 })(
    'plans nothing once its plan was applied, whatever was there, in whatever order its steps ran',
    (desired, observed, choose) => {
      expect(plan(desired, applied(desired, observed, choose))).toEqual([]);
    },
  );

  propertyTest.prop([arbitraryGrowth, arbitraryOrder], { numRuns: 300 })(
    'makes what is new, configures again whoever builds on it, and plans nothing once that was applied',
    ({ desired, observed }, choose) => {
      const steps = plan(desired, observed);
      const there = new Set(observed.vms.map(({ name }) => name));
      const isNew = ({ spec, isStopped }: DesiredVm) => !there.has(spec.name) && !isStopped;
      const made = new Set(desired.vms.filter(isNew).map(({ spec }) => spec.name));
      const runs = new Set(steps.flatMap(({ id }) => /^configure-vm:(.*):\d+:puppet$/.exec(id)?.[1] ?? []));
      for (const vm of desired.vms) {
        const { peers, isStopped, configurations, spec } = vm;
        const buildsOnNew = peers === 'all' ? made.size > 0 : peers.some((peer) => made.has(peer));
        const shallRun = !isStopped && configurations.length > 0 && (made.has(spec.name) || buildsOnNew);
        expect([spec.name, runs.has(spec.name)]).toEqual([spec.name, shallRun]);
      }
      expect(plan(desired, applied(desired, observed, choose))).toEqual([]);
    },
  );

  propertyTest.prop([arbitraryDesired, arbitraryObserved], { numRuns: 300 })(
    'ends with exactly the VMs asked for, on or off, each as it shall be',
    (desired, observed) => {
      const after = applied(desired, observed);
      const present = new Set(observed.vms.map(at));
      const [off, on] = [true, false].map((isStopped) =>
        desired.vms.filter((vm) => vm.isStopped === isStopped),
      );
      expect(
        after.vms
          .filter((vm) => !isOff(vm))
          .map(at)
          .sort(),
      ).toEqual(on!.map(idOf).sort());
      const offAndMade = off!.map(idOf).filter((id) => present.has(id));
      expect(after.vms.filter(isOff).map(at).sort()).toEqual(offAndMade.sort());
      const there = new Map(after.vms.map((vm) => [at(vm), vm]));
      for (const vm of on!) {
        const { image, cpuCount, memoryMiB, disks, interfaces } = vm.spec;
        const made = there.get(idOf(vm));
        expect(made).toMatchObject({ status: 'running', image, cpuCount, memoryMiB, disks });
        expect(made?.addresses.map(({ network }) => ({ network }))).toEqual(interfaces);
      }
    },
  );

  propertyTest.prop([arbitraryDesired, arbitraryObserved], { numRuns: 300 })(
    'leaves no network and no disk but those asked for and those at VMs that are off',
    (desired, observed) => {
      const after = applied(desired, observed);
      const atOff = after.vms
        .filter(isOff)
        .flatMap(({ vmm, addresses, disks }) => [
          ...addresses.map(({ network }) => at({ vmm, name: network })),
          ...disks.map(({ disk }) => at({ vmm, name: disk })),
        ]);
      const wanted = new Set([...desired.networks, ...desired.disks].map(at));
      const present = new Set([...after.networks, ...after.disks].map(at));
      const mayBe = new Set([...wanted, ...atOff]);
      expect([...present].filter((each) => !mayBe.has(each))).toEqual([]);
      expect([...wanted].filter((each) => !present.has(each))).toEqual([]);
    },
  );

  propertyTest.prop([arbitraryDesired, arbitraryObserved], { numRuns: 300 })(
    'gives the same steps for the same input, with ids of their own, each after ones that are there',
    (desired, observed) => {
      const steps = plan(desired, observed);
      expect(plan(desired, observed)).toEqual(steps);
      const ids = new Set(steps.map((step) => step.id));
      expect(ids.size).toBe(steps.length);
      for (const { id, after } of steps) {
        expect([id, ...after.filter((each) => !ids.has(each))]).toEqual([id]);
        expect(new Set(after).size).toBe(after.length);
      }
    },
  );

  propertyTest.prop([arbitraryDesired, arbitraryObserved], { numRuns: 300 })(
    'replaces only a VM that failed or that its VM manager cannot change in place',
    (desired, observed) => {
      const steps = plan(desired, observed);
      const created = new Set(steps.flatMap(({ id }) => /^create-vm:(.*)/.exec(id)?.[1] ?? []));
      for (const vm of desired.vms) {
        const present = observed.vms.find((each) => at(each) === idOf(vm));
        if (!present || vm.isStopped || !['running', 'stopped'].includes(present.status)) continue;
        expect([idOf(vm), created.has(idOf(vm))]).toEqual([idOf(vm), !canStay(vm, present, observed)]);
      }
    },
  );

  propertyTest.prop([arbitraryDesired, arbitraryObserved, fc.subarray([1, 2, 3, 4, 5])], { numRuns: 300 })(
    'with `only` touches these VMs and nothing else, and nothing of them is left to do',
    (desired, observed, numbers) => {
      const chosen = desired.vms.filter(({ number }) => numbers.includes(number));
      const only = new Set<VmName>(chosen.map(({ spec }) => spec.name));
      const steps = plan(desired, observed, { only });
      const others = (vms: ObservedInfrastructure['vms']) =>
        vms.filter((vm) => !chosen.some((each) => idOf(each) === at(vm)));
      const after = simulatePlan(steps, observed, { desired });
      expect(others(after.vms)).toEqual(others(observed.vms));
      for (const [name, keys] of Object.entries(observed.configured))
        if (!only.has(name as VmName)) expect(after.configured[name]).toEqual(keys);
      expect(plan(desired, after, { only })).toEqual([]);
      const needed = new Set(
        chosen.flatMap(({ vmm, isStopped, spec }) =>
          isStopped ? [] : spec.interfaces.map(({ network }) => at({ vmm, name: network })),
        ),
      );
      const before = new Set(observed.networks.map(at));
      const made = after.networks.map(at).filter((each) => !before.has(each));
      expect(made.filter((each) => !needed.has(each))).toEqual([]);
    },
  );

  function sample(matches: (desired: DesiredInfrastructure) => boolean): DesiredInfrastructure {
    const [found] = fc.sample(arbitraryDesired.filter(matches), { numRuns: 1, seed: 1 });
    if (!found) throw new Error('no sample');
    return found;
  }

  const oneOnBoth = () =>
    sample(
      ({ vms: [vm, ...others] }) =>
        vm?.spec.interfaces.length === 2 && others.length === 0 && !vm.isStopped && vm.vmm === 'memory',
    );

  it('removes a network only after the VMs that are replaced have left it', () => {
    const before = oneOnBoth();
    const vm = before.vms[0]!;
    const [kept, leaving] = before.networks;
    const spec = { ...vm.spec, interfaces: [{ network: kept!.name }] };
    const desired = { ...before, networks: [kept!], vms: [{ ...vm, spec }] };
    const whole = applied(before);
    for (const status of ['running', 'creating', 'stopped', 'failed'] as const) {
      const observed = { ...whole, vms: whole.vms.map((each) => ({ ...each, status })) };
      const steps = plan(desired, observed);
      const removal = steps.find(({ id }) => id === `delete-network:${at(leaving!)}`);
      expect(removal?.after).toEqual([`delete-vm:${idOf(vm)}`]);
      expect(plan(desired, simulatePlan(steps, observed, { desired }))).toEqual([]);
    }
  });

  it('removes a disk only after the VM that is changed in place has let go of it', () => {
    const before = sample(
      ({ vms: [vm, ...others] }) =>
        vm?.spec.disks.length === 2 && others.length === 0 && !vm.isStopped && vm.vmm === 'memory',
    );
    const vm = before.vms[0]!;
    const [kept, leaving] = before.disks;
    const desired = {
      ...before,
      disks: [kept!],
      vms: [{ ...vm, spec: { ...vm.spec, disks: vm.spec.disks.slice(0, 1) } }],
    };
    const steps = plan(desired, applied(before));
    expect(steps.map(({ id }) => id)).toEqual([
      `update-vm:${idOf(vm)}`,
      `await-shell:${idOf(vm)}`,
      `delete-disk:${at(leaving!)}`,
    ]);
    expect(steps[0]?.title).toBe(`change VM ${vm.spec.name} in place (2 -> 1 disks)`);
    expect(steps[2]?.after).toEqual([`update-vm:${idOf(vm)}`]);
  });

  it('keeps what a VM that is off is attached to until it is changed or gone', () => {
    const before = oneOnBoth();
    const vm = before.vms[0]!;
    const [kept] = before.networks;
    const spec = { ...vm.spec, interfaces: [{ network: kept!.name }] };
    const off = { ...before, networks: [kept!], vms: [{ ...vm, spec, isStopped: true }] };
    const whole = applied(before);
    const observed = { ...whole, vms: whole.vms.map((each) => ({ ...each, status: 'stopped' as const })) };
    expect(plan(off, observed)).toEqual([]);
    const on = { ...off, vms: [{ ...vm, spec }] };
    expect(applied(on, observed).networks.map(at)).toEqual([at(kept!)]);
  });

  it('changes one that is off in place before it starts it', () => {
    const before = oneOnBoth();
    const vm = before.vms[0]!;
    const whole = applied(before);
    const observed = { ...whole, vms: whole.vms.map((each) => ({ ...each, status: 'stopped' as const })) };
    const desired = { ...before, vms: [{ ...vm, spec: { ...vm.spec, cpuCount: 4 } }] };
    const [update, start, shell] = plan(desired, observed);
    expect(update).toMatchObject({
      id: `update-vm:${idOf(vm)}`,
      title: `change VM ${vm.spec.name} in place (1 -> 4 CPU)`,
      args: { previous: { cpuCount: 1 } },
    });
    expect(start).toMatchObject({ id: `start-vm:${idOf(vm)}`, after: [update!.id] });
    expect(shell).toMatchObject({ id: `await-shell:${idOf(vm)}`, after: [start!.id] });
  });

  it('goes on with a VM that is being created and has not all its addresses yet', () => {
    const desired = oneOnBoth();
    const whole = applied(desired);
    for (const count of [0, 1, 2]) {
      const vms = whole.vms.map((vm) => ({
        ...vm,
        status: 'creating' as const,
        addresses: vm.addresses.slice(0, count),
      }));
      const [first] = plan(desired, { ...whole, vms });
      expect(first?.kind).toBe('create-vm@1');
    }
  });

  it('deletes a VM elsewhere before another of its name is made, which it would make forget its configuration', () => {
    const desired = sample(({ vms }) => vms.length === 1 && vms[0]?.isStopped === false);
    const vm = desired.vms[0]!;
    const elsewhere = { ...vm, vmm: vm.vmm === 'memory' ? 'second' : 'memory' };
    const before = {
      ...desired,
      vms: [elsewhere],
      networks: desired.networks.map((each) => ({ ...each, vmm: elsewhere.vmm })),
      disks: desired.disks.map((each) => ({ ...each, vmm: elsewhere.vmm })),
    };
    const steps = plan(desired, applied(before));
    expect(steps.find(({ id }) => id === `create-vm:${idOf(vm)}`)?.after).toContain(
      `delete-vm:${idOf(elsewhere)}`,
    );
  });
});
