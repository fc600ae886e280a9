import { pollUntil, systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import type { Plan } from '@trencadis/infrastructure';
import { describe, expect, it } from 'vitest';
import { SimulatedService } from './simulated-service.ts';
import { type SimulationOptions, keyServerDocument } from './simulated-platform.ts';

/** Everything that Fig. 3 makes at the site. */
const wholeSite = ['network', 'network', 'vm', 'vm'];

function kindsAtSite({ platform }: SimulatedService): readonly string[] {
  return platform.site
    .leftovers()
    .map((each) => each.split(':')[0] ?? '')
    .toSorted();
}

const vmNames = ({ platform }: SimulatedService) => [...platform.site.vms.keys()];

async function whenTrue(what: () => boolean): Promise<void> {
  const found = await pollUntil(async () => (what() ? true : undefined), {
    clock: systemClock,
    everyMs: 5,
    deadlineMs: 10_000,
  });
  expect(found).toBe(true);
}

const start = (options?: SimulationOptions) => SimulatedService.start(options);
const refusedWith = (code: string) => ({ name: 'PlatformError', code });

describe('deploying', () => {
  it('brings Fig. 3 about; the next plan is empty and applying it does nothing', async () => {
    await using simulated = await start();
    const { plan, outcome } = await simulated.deploy();
    expect(outcome).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual(wholeSite);
    expect(simulated.platform.configured).toHaveLength(2);
    expect(await simulated.statusOf(plan)).toMatchObject({
      phase: 'deployed',
      lastPlan: { id: plan.id, saga: 'succeeded' },
    });
    const second = await simulated.plan();
    expect(second.steps).toEqual([]);
    await simulated.apply(second);
    expect(simulated.platform.configured).toHaveLength(2);
    expect((await simulated.statusOf(plan)).phase).toBe('deployed');
  });

  it('repairs a lost VM, and configures its peer anew', async () => {
    await using simulated = await start();
    const { plan } = await simulated.deploy();
    const [lost] = vmNames(simulated);
    await simulated.apply(await simulated.plan());
    simulated.platform.site.removeVm(lost!);
    expect((await simulated.statusOf(plan)).phase).toBe('degraded');
    const repair = await simulated.plan();
    expect(repair.steps.map(({ id }) => id.split(':')[0]).toSorted()).toEqual([
      'await-shell',
      'configure-vm',
      'configure-vm',
      'create-vm',
    ]);
    await simulated.apply(repair);
    expect(await simulated.wait(repair)).toBe('succeeded');
    expect(vmNames(simulated)).toContain(lost);
    expect((await simulated.statusOf(plan)).phase).toBe('deployed');
    expect((await simulated.plan()).steps).toEqual([]);
  });

  it('starts what was stopped', async () => {
    await using simulated = await start();
    await simulated.deploy();
    const [vm] = simulated.platform.site.vms.values();
    vm!.isOn = false;
    const repair = await simulated.plan();
    expect(repair.steps.map(({ kind }) => kind)).toEqual(['start-vm@1', 'await-shell@1']);
    await simulated.apply(repair);
    expect(await simulated.wait(repair)).toBe('succeeded');
    expect(vm!.isOn).toBe(true);
  });

  it('removes what the next document does not ask for', async () => {
    await using simulated = await start();
    await simulated.deploy();
    const two = keyServerDocument.replace('deploy GT4_JAVA_ANT 1', 'deploy GT4_JAVA_ANT 2');
    const more = await simulated.plan(two);
    await simulated.apply(more);
    expect(await simulated.wait(more)).toBe('succeeded');
    expect(simulated.platform.site.vms.size).toBe(3);
    const fewer = await simulated.plan();
    await simulated.apply(fewer);
    expect(await simulated.wait(fewer)).toBe('succeeded');
    expect(simulated.platform.site.vms.size).toBe(2);
    expect((await simulated.statusOf(fewer)).phase).toBe('deployed');
  });
});

describe('failing', () => {
  it('undoes all of it; the error names the VM and the resource', async () => {
    await using simulated = await start({ failConfigurationOf: 'gt4-java-ant' });
    const { plan, outcome } = await simulated.deploy('undo');
    expect(outcome).toBe('undone');
    expect(kindsAtSite(simulated)).toEqual([]);
    const { phase, lastPlan } = await simulated.statusOf(plan);
    expect(phase).toBe('failed');
    const failed = lastPlan?.steps.filter(({ error }) => error?.includes('Deploy_gs[x]'));
    expect(failed?.map(({ id, state }) => [id.replace(/inf-\w+-/, ''), state])).toEqual([
      ['configure-vm:gt4-java-ant-1', 'undone'],
    ]);
    expect(failed?.[0]?.error).toMatch(
      /Resource Deploy_gs\[x\] of inf-\w+-gt4-java-ant-1 failed: no space left/,
    );
    const again = await simulated.deploy();
    expect(again.outcome).toBe('succeeded');
    expect(again.plan.infrastructureId).toBe(plan.infrastructureId);
  });

  it('keeps what there is when asked to; the next plan does only the rest', async () => {
    await using simulated = await start({ failConfigurationOf: 'gt4-java-ant' });
    const { plan, outcome } = await simulated.deploy('keep');
    expect(outcome).toBe('kept');
    expect(kindsAtSite(simulated)).toEqual(wholeSite);
    expect((await simulated.statusOf(plan)).phase).toBe('failed');
    const rest = await simulated.plan();
    expect(rest.steps.map(({ id }) => id.replace(/inf-\w+-/, ''))).toEqual(['configure-vm:gt4-java-ant-1']);
    await simulated.apply(rest);
    expect(await simulated.wait(rest)).toBe('succeeded');
    expect((await simulated.statusOf(plan)).phase).toBe('deployed');
  });

  it('leaves nothing when the site has no room for all', async () => {
    await using simulated = await start({ quota: { vms: 1 } });
    const { plan, outcome } = await simulated.deploy();
    expect(outcome).toBe('undone');
    expect(kindsAtSite(simulated)).toEqual([]);
    const { lastPlan } = await simulated.statusOf(plan);
    expect(lastPlan?.steps.map(({ error }) => error ?? '').join('')).toMatch(
      /no room: its quota of VMs is 1/,
    );
    const failures = (await simulated.sagas.events(plan.id)).filter(({ kind }) => kind === 'failed');
    expect(failures.map(({ errorCode }) => errorCode)).toContain('quota-exceeded');
  });

  it('tries again while the site is not reachable', async () => {
    await using simulated = await start();
    simulated.platform.site.failNext('createVm', 'unavailable');
    simulated.platform.site.failAfter('createNetwork', 'unavailable');
    expect((await simulated.deploy()).outcome).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual(wholeSite);
  });
});

describe('destroying', () => {
  it('removes everything, its secrets too, and frees its name', async () => {
    await using simulated = await start();
    const { plan } = await simulated.deploy();
    const removal = await simulated.destroy(plan);
    expect(await simulated.wait(removal)).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual([]);
    expect((await simulated.statusOf(plan)).phase).toBe('destroyed');
    expect(await simulated.service.list('ana')).toEqual([]);
    const { store } = simulated.platform.world;
    expect(await store.findSecret(plan.infrastructureId, 'ssh-key-pair')).toBeUndefined();
    expect(await store.configuredDigests(plan.infrastructureId)).toEqual({});
    const next = await simulated.deploy();
    expect(next.outcome).toBe('succeeded');
    expect(next.plan.infrastructureId).not.toBe(plan.infrastructureId);
  });

  it('twice, one after the other or at once, answers the plan that is at it', async () => {
    await using simulated = await start({ latencyMs: 10 });
    const { plan } = await simulated.deploy();
    const [one, other] = await Promise.all([simulated.destroy(plan), simulated.destroy(plan)]);
    expect(other.id).toBe(one.id);
    expect((await simulated.destroy(plan)).id).toBe(one.id);
    expect(await simulated.wait(one)).toBe('succeeded');
    expect((await simulated.destroy(plan)).id).toBe(one.id);
    expect(kindsAtSite(simulated)).toEqual([]);
  });

  it('what was only planned forgets it', async () => {
    await using simulated = await start();
    const plan = await simulated.plan();
    expect(await simulated.wait(await simulated.destroy(plan))).toBe('succeeded');
    expect((await simulated.statusOf(plan)).phase).toBe('destroyed');
    await expect(simulated.apply(plan)).rejects.toMatchObject(refusedWith('conflict'));
  });

  for (const moment of ['network', 'vm'] as const) {
    it(`while deploying, once there is a ${moment}, ends with nothing left`, async () => {
      await using simulated = await start({ latencyMs: 30, bootMs: 100 });
      const plan = await simulated.plan();
      await simulated.apply(plan);
      await whenTrue(() => kindsAtSite(simulated).includes(moment));
      const removal = await simulated.destroy(plan);
      expect(await simulated.wait(removal)).toBe('succeeded');
      expect(kindsAtSite(simulated)).toEqual([]);
      expect((await simulated.statusOf(plan)).phase).toBe('destroyed');
    });
  }

  it('right after applying, before anything has begun, ends with nothing left', async () => {
    await using simulated = await start({ latencyMs: 10 });
    const plan = await simulated.plan();
    const [applied, removal] = await Promise.allSettled([simulated.apply(plan), simulated.destroy(plan)]);
    const last = removal.status === 'fulfilled' ? removal.value : await simulated.destroy(plan);
    expect(await simulated.wait(last)).toBe('succeeded');
    if (applied.status === 'fulfilled') await simulated.wait(plan);
    else expect(applied.reason).toMatchObject(refusedWith('conflict'));
    expect(kindsAtSite(simulated)).toEqual([]);
    expect((await simulated.statusOf(plan)).phase).toBe('destroyed');
  });

  it('leaves what carries another tag alone', async () => {
    await using simulated = await start();
    const { plan } = await simulated.deploy();
    const [network] = simulated.platform.site.networks.values();
    const stranger = {
      ...network!.network,
      name: brandId('NetworkName', 'stranger'),
      tag: brandId('Tag', 'other'),
    };
    await simulated.platform.vmm.networks.createNetwork(stranger, AbortSignal.timeout(1000));
    await simulated.wait(await simulated.destroy(plan));
    expect(simulated.platform.site.leftovers()).toEqual(['network:stranger']);
  });
});

describe('applying', () => {
  it('refuses a plan that the world has overtaken, and changes nothing', async () => {
    await using simulated = await start();
    const { plan } = await simulated.deploy();
    const [first, second] = vmNames(simulated);
    simulated.platform.site.removeVm(first!);
    const stale = await simulated.plan();
    simulated.platform.site.removeVm(second!);
    await expect(simulated.apply(stale)).rejects.toMatchObject(refusedWith('conflict'));
    expect(simulated.platform.site.vms.size).toBe(0);
    expect((await simulated.infrastructureOf(plan)).activePlanId).toBe(plan.id);
  });

  it('goes on where a process ended between claiming a plan’s place and starting it', async () => {
    await using simulated = await start();
    const [claimed, other] = [await simulated.plan(), await simulated.plan()];
    await claimOnly(simulated, claimed);
    await expect(simulated.apply(other)).rejects.toMatchObject({
      ...refusedWith('conflict'),
      message: expect.stringContaining('about to start') as string,
    });
    await simulated.apply(claimed);
    expect(await simulated.wait(claimed)).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual(wholeSite);
  });

  it('never starts a plan that was claimed before its infrastructure was destroyed', async () => {
    await using simulated = await start({ latencyMs: 5 });
    const claimed = await simulated.plan();
    await claimOnly(simulated, claimed);
    const removal = await simulated.destroy(claimed);
    const { id: planId, steps } = claimed;
    await simulated.sagas.start({ planId, steps, onFailure: 'undo' });
    expect(await simulated.wait(claimed)).toBe('kept');
    expect(await simulated.wait(removal)).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual([]);
    await expect(simulated.apply(claimed)).rejects.toMatchObject(refusedWith('conflict'));
  });

  it('twice is once, also after it ended', async () => {
    await using simulated = await start();
    const plan = await simulated.plan();
    await simulated.apply(plan);
    await simulated.apply(plan);
    expect(await simulated.wait(plan)).toBe('succeeded');
    await simulated.apply(plan);
    expect(simulated.platform.configured).toHaveLength(2);
  });

  it('refuses a plan that another one followed', async () => {
    await using simulated = await start();
    await simulated.deploy();
    const [lost] = vmNames(simulated);
    const lose = () => simulated.platform.site.removeVm(lost!);
    lose();
    const repair = await simulated.plan();
    await simulated.apply(repair);
    await simulated.wait(repair);
    await simulated.apply(await simulated.plan());
    lose();
    await expect(simulated.apply(repair)).rejects.toMatchObject(refusedWith('conflict'));
  });

  it('lets one of two plans win when both are applied at once', async () => {
    await using simulated = await start({ latencyMs: 5 });
    const plans = [await simulated.plan(), await simulated.plan()];
    await expectOneWinner(simulated, plans);
  });

  it('refuses the second plan at any moment after the first was applied', async () => {
    await using simulated = await start({ latencyMs: 20 });
    const [first, second] = [await simulated.plan(), await simulated.plan()];
    await simulated.apply(first);
    await expect(simulated.apply(second)).rejects.toMatchObject(refusedWith('conflict'));
    expect(await simulated.wait(first)).toBe('succeeded');
    await expect(simulated.apply(second)).rejects.toMatchObject(refusedWith('conflict'));
  });
});

/** As far as a process came that ended in the middle of applying. */
async function claimOnly({ platform }: SimulatedService, { id, infrastructureId }: Plan): Promise<void> {
  expect(await platform.world.store.claimActivePlan(infrastructureId, id, undefined)).toBe('claimed');
}

async function expectOneWinner(simulated: SimulatedService, plans: readonly Plan[]): Promise<void> {
  const outcomes = await Promise.allSettled(plans.map((plan) => simulated.apply(plan)));
  const winner = plans[outcomes.findIndex(({ status }) => status === 'fulfilled')];
  const losers = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  expect(losers).toMatchObject([refusedWith('conflict')]);
  expect(await simulated.wait(winner!)).toBe('succeeded');
  expect(kindsAtSite(simulated)).toEqual(wholeSite);
  expect(simulated.platform.site.calls('createVm')).toBe(2);
}

describe('restarting', () => {
  for (const moment of ['network', 'vm'] as const) {
    it(`in the middle, once there is a ${moment}, finishes with nothing made twice`, async () => {
      await using simulated = await start({ latencyMs: 30 });
      const plan = await simulated.plan();
      await simulated.apply(plan);
      await whenTrue(() => kindsAtSite(simulated).includes(moment));
      await simulated.restart();
      expect(await simulated.wait(plan)).toBe('succeeded');
      expect(kindsAtSite(simulated)).toEqual(wholeSite);
      expect((await simulated.statusOf(plan)).phase).toBe('deployed');
      expect((await simulated.plan()).steps).toEqual([]);
    });
  }

  it('in the middle of destroying removes the rest', async () => {
    await using simulated = await start({ latencyMs: 30 });
    const { plan } = await simulated.deploy();
    const removal = await simulated.destroy(plan);
    await whenTrue(() => simulated.platform.site.vms.size < 2);
    await simulated.restart();
    expect(await simulated.wait(removal)).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual([]);
  });
});
