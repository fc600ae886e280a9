import { pollUntil, systemClock } from '@trencadis/clock';
import type { Plan } from '@trencadis/infrastructure';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReconciledService, repairedDocument } from './reconciled-service.ts';
import { keyServerDocument } from './simulated-platform.ts';
import { keyServerRequest } from './simulated-service.ts';

const lookMs = 12_000;
const kindsOf = (plans: readonly Plan[]) => plans.map(({ kind, createdBy }) => `${kind} ${createdBy}`);

let reconciled: ReconciledService;
beforeEach(async () => {
  reconciled = await ReconciledService.start();
});
afterEach(() => reconciled[Symbol.asyncDispose]());

const siteOf = () => reconciled.simulated.platform.site;
const statusOf = (plan: Plan) => reconciled.simulated.statusOf(plan);
const planStatusOf = (plan: Plan) => reconciled.simulated.service.planStatus(plan);
const driftOf = async (plan: Plan) => {
  const { service } = reconciled.simulated;
  const report = await service.drift(await service.get(plan.infrastructureId), AbortSignal.timeout(20_000));
  return report.drift;
};
const namesAt = () => [...siteOf().vms.keys()];

describe('repair', () => {
  const losses: Readonly<Record<string, (name: ReturnType<typeof namesAt>[number]) => void>> = {
    'is gone': (name) => siteOf().removeVm(name),
    'has failed': (name) => siteOf().failVm(name, 'its host broke'),
    'was stopped': (name) => siteOf().stopVm(name),
    'was resized': (name) => siteOf().resizeVm(name, { cpuCount: 1, memoryMiB: 64 }),
  };
  for (const [what, lose] of Object.entries(losses)) {
    it(`brings a VM back that ${what}, and then there is nothing to do`, async () => {
      const deployed = await reconciled.deploy(repairedDocument);
      const names = namesAt();
      expect(await reconciled.lookAfter(lookMs, deployed)).toEqual([]);
      lose(names[0]!);
      expect((await statusOf(deployed)).phase).toBe('degraded');
      expect(kindsOf(await reconciled.lookAfter(lookMs, deployed))).toEqual(['repair reconciler']);
      expect(namesAt().toSorted()).toEqual(names.toSorted());
      expect(await statusOf(deployed)).toMatchObject({ phase: 'deployed' });
      expect(await reconciled.lookAfter(lookMs, deployed)).toEqual([]);
      expect(reconciled.acts).toEqual([
        expect.objectContaining({ actor: 'reconciler', act: 'repair', owner: 'ana' }),
      ]);
    });
  }

  it('is not for documents that do not ask for it: they are not even looked at', async () => {
    const deployed = await reconciled.deploy(keyServerDocument);
    await reconciled.lookAfter(lookMs, deployed);
    siteOf().removeVm(namesAt()[0]!);
    const calls = siteOf().calls('listVms');
    expect(await reconciled.lookAfter(3_600_000, deployed)).toEqual([]);
    expect(siteOf().calls('listVms')).toBe(calls);
    expect((await statusOf(deployed)).phase).toBe('degraded');
  });

  it('takes a VM manager that does not answer for no answer', async () => {
    const deployed = await reconciled.deploy(repairedDocument);
    siteOf().removeVm(namesAt()[0]!);
    siteOf().failNext('listVms', 'unavailable');
    expect(await reconciled.lookAfter(lookMs, deployed)).toEqual([]);
    expect(reconciled.warnings).toEqual(['an infrastructure could not be looked at; nothing was changed']);
    expect(kindsOf(await reconciled.lookAfter(40_000, deployed))).toEqual(['repair reconciler']);
  });

  it('waits 30 s after a failure, a minute after the next, and goes on where it may succeed', async () => {
    const deployed = await reconciled.deploy(repairedDocument);
    siteOf().removeVm(namesAt()[0]!);
    siteOf().failNext('createVm', 'invalid-argument', 2);
    expect(await reconciled.lookAfter(lookMs, deployed)).toHaveLength(1);
    // The plans' logs have the host's time: all waits are counted from there, so 12 s are over.
    expect(await reconciled.lookAfter(13_000, deployed)).toEqual([]);
    expect(await reconciled.lookAfter(10_000, deployed)).toHaveLength(1);
    expect(await reconciled.lookAfter(13_000, deployed)).toEqual([]);
    expect(await reconciled.lookAfter(20_000, deployed)).toHaveLength(1);
    expect((await statusOf(deployed)).phase).toBe('deployed');
  });

  it('leaves alone what a person’s plan failed to make', async () => {
    siteOf().failNext('createVm', 'invalid-argument');
    const failed = await reconciled.deploy(repairedDocument);
    expect(await reconciled.lookAfter(lookMs, failed)).toEqual([]);
    expect(await reconciled.lookAfter(3_600_000, failed)).toEqual([]);
    expect(namesAt()).toEqual([]);
  });

  it('is done once, however many reconcilers there are', async () => {
    const deployed = await reconciled.deploy(repairedDocument);
    siteOf().removeVm(namesAt()[0]!);
    reconciled.clock.forward(lookMs);
    const others = [reconciled.reconciler, ...Array.from({ length: 3 }, () => reconciled.another())];
    await Promise.all(others.map((each) => each.look()));
    const plans = await reconciled.simulated.service.listPlans(deployed.infrastructureId);
    expect(plans.map(({ kind }) => kind)).toEqual(['repair', 'deploy']);
    await Promise.all(others.map((each) => each.close()));
  });

  it('goes on where the process that had claimed it ended before it began', async () => {
    const deployed = await reconciled.deploy(repairedDocument);
    const { service, platform } = reconciled.simulated;
    const { infrastructureId: id } = deployed;
    siteOf().removeVm(namesAt()[0]!);
    const request = { kind: 'repair', actor: 'reconciler' } as const;
    const planning = await service.planChange(id, request, AbortSignal.timeout(20_000));
    if (planning.kind !== 'planned') throw new Error('not planned');
    await platform.world.store.claimActivePlan(id, planning.plan.id, deployed.id);
    expect(await planStatusOf(planning.plan)).toMatchObject({ saga: 'planned' });
    await reconciled.lookAfter(lookMs, deployed);
    expect(await reconciled.simulated.wait(planning.plan)).toBe('succeeded');
    expect(namesAt()).toHaveLength(2);
  });

  it('happens by itself once it is started, and ends when it is closed', async () => {
    const deployed = await reconciled.deploy(repairedDocument);
    const [lost] = namesAt();
    siteOf().removeVm(lost!);
    reconciled.reconciler.start();
    const options = { clock: systemClock, everyMs: 50, deadlineMs: 20_000 };
    const back = await pollUntil(async () => siteOf().vms.get(lost!), options);
    expect(back).toBeDefined();
    await reconciled.reconciler.close();
    const [repair] = await reconciled.simulated.service.listPlans(deployed.infrastructureId);
    await reconciled.simulated.wait(await reconciled.simulated.service.getPlan(repair!.id));
  });
});

describe('the next candidate', () => {
  it('has what found no room when it was made, and the plan says so', async () => {
    siteOf().failNext('createVm', 'quota-exceeded');
    const refused = await reconciled.deploy(keyServerDocument);
    expect(await planStatusOf(refused)).toEqual({ saga: 'undone', mayContinue: true });
    const [next] = await reconciled.lookAfter(2_000, refused);
    expect(next).toMatchObject({ kind: 'deploy', createdBy: 'ana', continues: refused.id });
    expect(await planStatusOf(refused)).toEqual({
      saga: 'undone',
      mayContinue: false,
      continuedBy: next!.id,
    });
    expect(await planStatusOf(next!)).toMatchObject({ saga: 'succeeded' });
    expect(next!.placements.map(({ vmm }) => vmm)).toEqual(next!.placements.map(() => 'second'));
    expect(namesAt()).toEqual([]);
    expect((await statusOf(refused)).phase).toBe('deployed');
    expect(await reconciled.lookAfter(lookMs, refused)).toEqual([]);
  });

  it('is looked for at each VM manager once', async () => {
    const { second } = reconciled.simulated.platform;
    siteOf().failNext('createVm', 'quota-exceeded');
    second.world.failNext('createVm', 'quota-exceeded');
    const refused = await reconciled.deploy(keyServerDocument);
    const [next] = await reconciled.lookAfter(2_000, refused);
    expect(await planStatusOf(next!)).toEqual({ saga: 'undone', mayContinue: false });
    expect(await reconciled.lookAfter(2_000, refused)).toEqual([]);
    expect(await reconciled.lookAfter(lookMs, refused)).toEqual([]);
    expect((await statusOf(refused)).phase).toBe('failed');
    expect([...namesAt(), ...second.world.vms.keys()]).toEqual([]);
  });

  it('is not looked for where something else failed', async () => {
    siteOf().failNext('createVm', 'invalid-argument');
    const failed = await reconciled.deploy(keyServerDocument);
    expect(await planStatusOf(failed)).toEqual({ saga: 'undone', mayContinue: false });
    expect(await reconciled.lookAfter(2_000, failed)).toEqual([]);
  });

  it('has a VM that was lost where there is no room for it any more', async () => {
    const deployed = await reconciled.deploy(repairedDocument);
    for (const name of namesAt()) siteOf().removeVm(name);
    siteOf().failNext('createVm', 'quota-exceeded');
    const [first] = await reconciled.lookAfter(lookMs, deployed);
    expect(await planStatusOf(first!)).toMatchObject({ saga: 'undone', mayContinue: true });
    const [next] = await reconciled.lookAfter(2_000, deployed);
    expect(next).toMatchObject({ kind: 'repair', continues: first!.id });
    expect(reconciled.simulated.platform.second.world.vms.size).toBe(2);
    // What is left where the VMs were may hold data: it is shown, and removed when somebody says so.
    const left = await driftOf(deployed);
    expect(left.map(({ kind, vmm }) => `${kind} ${vmm}`)).toEqual([
      'network-unknown memory',
      'network-unknown memory',
    ]);
    const removal = await reconciled.simulated.planChange(deployed, { kind: 'repair' });
    await reconciled.simulated.apply(removal);
    await reconciled.simulated.wait(removal);
    expect(await driftOf(deployed)).toEqual([]);
    expect((await statusOf(deployed)).phase).toBe('deployed');
  });
});

describe('a lease', () => {
  it('ends also for what was planned and never applied', async () => {
    const { service } = reconciled.simulated;
    const expiresAt = new Date(reconciled.clock.now().getTime() + 60_000);
    const planning = await service.plan({ ...keyServerRequest, expiresAt }, AbortSignal.timeout(20_000));
    if (planning.kind !== 'planned') throw new Error('not planned');
    expect(await reconciled.lookAfter(30_000, planning.plan)).toEqual([]);
    expect(kindsOf(await reconciled.lookAfter(40_000, planning.plan))).toEqual(['destroy lease']);
    expect((await service.get(planning.plan.infrastructureId)).destroyedAt).toBeDefined();
  });

  it('ends with everything destroyed, and not before', async () => {
    const deployed = await reconciled.deploy(keyServerDocument);
    const { infrastructureId: id } = deployed;
    const { service } = reconciled.simulated;
    const expiresAt = new Date(reconciled.clock.now().getTime() + 60_000);
    await service.changeTerms(id, { expiresAt, actor: 'ana' });
    expect(await reconciled.lookAfter(30_000, deployed)).toEqual([]);
    expect(namesAt()).toHaveLength(2);
    expect(kindsOf(await reconciled.lookAfter(40_000, deployed))).toEqual(['destroy lease']);
    expect(namesAt()).toEqual([]);
    expect((await service.get(id)).destroyedAt).toBeDefined();
    expect(reconciled.acts).toEqual([expect.objectContaining({ actor: 'lease', act: 'destroy' })]);
  });
});
