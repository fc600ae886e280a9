import type { Plan } from '@trencadis/infrastructure';
import { describe, expect, it } from 'vitest';
import { SimulatedService } from './simulated-service.ts';
import { kindsAtSite, refusedWith, vmNames, whenTrue, wholeSite } from './site-checks.ts';

describe('applying', () => {
  it('refuses a plan that the world has overtaken, and changes nothing', async () => {
    await using simulated = await SimulatedService.start();
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
    await using simulated = await SimulatedService.start();
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
    await using simulated = await SimulatedService.start({ latencyMs: 5 });
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
    await using simulated = await SimulatedService.start();
    const plan = await simulated.plan();
    await simulated.apply(plan);
    await simulated.apply(plan);
    expect(await simulated.wait(plan)).toBe('succeeded');
    await simulated.apply(plan);
    expect(simulated.platform.configured).toHaveLength(2);
  });

  it('refuses a plan that another one followed', async () => {
    await using simulated = await SimulatedService.start();
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
    await using simulated = await SimulatedService.start({ latencyMs: 5 });
    const plans = [await simulated.plan(), await simulated.plan()];
    const outcomes = await Promise.allSettled(plans.map((plan) => simulated.apply(plan)));
    const losers = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(losers).toMatchObject([refusedWith('conflict')]);
    const winner = plans[outcomes.findIndex(({ status }) => status === 'fulfilled')];
    expect(await simulated.wait(winner!)).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual(wholeSite);
    expect(simulated.platform.site.calls('createVm')).toBe(2);
  });

  it('refuses the second plan at any moment after the first was applied', async () => {
    await using simulated = await SimulatedService.start({ latencyMs: 20 });
    const [first, second] = [await simulated.plan(), await simulated.plan()];
    await simulated.apply(first);
    await expect(simulated.apply(second)).rejects.toMatchObject(refusedWith('conflict'));
    expect(await simulated.wait(first)).toBe('succeeded');
    await expect(simulated.apply(second)).rejects.toMatchObject(refusedWith('conflict'));
  });
});

describe('restarting', () => {
  for (const moment of ['network', 'vm'] as const) {
    it(`in the middle, once there is a ${moment}, finishes with nothing made twice`, async () => {
      await using simulated = await SimulatedService.start({ latencyMs: 30 });
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
    await using simulated = await SimulatedService.start({ latencyMs: 30 });
    const { plan } = await simulated.deploy();
    const removal = await simulated.destroy(plan);
    await whenTrue(() => simulated.platform.site.vms.size < 2);
    await simulated.restart();
    expect(await simulated.wait(removal)).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual([]);
  });
});
/** As far as a process came that ended in the middle of applying. */
async function claimOnly({ platform }: SimulatedService, { id, infrastructureId }: Plan): Promise<void> {
  expect(await platform.world.store.claimActivePlan(infrastructureId, id, undefined)).toBe('claimed');
}
