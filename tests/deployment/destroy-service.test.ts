import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { SimulatedService } from './simulated-service.ts';
import { kindsAtSite, refusedWith, vmNames, whenTrue } from './site-checks.ts';

describe('destroying', () => {
  it('removes everything, its secrets too, and frees its name', async () => {
    await using simulated = await SimulatedService.start();
    const { plan } = await simulated.deploy();
    const removal = await simulated.destroy(plan);
    expect(await simulated.wait(removal)).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual([]);
    expect((await simulated.statusOf(plan)).phase).toBe('destroyed');
    expect(await simulated.service.list({ owner: 'ana', groups: [], isAdmin: false })).toEqual([]);
    const { store } = simulated.platform.world;
    expect(await store.findSecret(plan.infrastructureId, 'ssh-key-pair')).toBeUndefined();
    expect(await store.configuredKeys(plan.infrastructureId)).toEqual({});
    const next = await simulated.deploy();
    expect(next.outcome).toBe('succeeded');
    expect(next.plan.infrastructureId).not.toBe(plan.infrastructureId);
  });

  it('twice, one after the other or at once, answers the plan that is at it', async () => {
    await using simulated = await SimulatedService.start({ latencyMs: 10 });
    const { plan } = await simulated.deploy();
    const [one, other] = await Promise.all([simulated.destroy(plan), simulated.destroy(plan)]);
    expect(other.id).toBe(one.id);
    expect((await simulated.destroy(plan)).id).toBe(one.id);
    expect(await simulated.wait(one)).toBe('succeeded');
    expect((await simulated.destroy(plan)).id).toBe(one.id);
    expect(kindsAtSite(simulated)).toEqual([]);
  });

  it('what was only planned forgets it', async () => {
    await using simulated = await SimulatedService.start();
    const plan = await simulated.plan();
    expect(await simulated.wait(await simulated.destroy(plan))).toBe('succeeded');
    expect((await simulated.statusOf(plan)).phase).toBe('destroyed');
    await expect(simulated.apply(plan)).rejects.toMatchObject(refusedWith('conflict'));
  });

  for (const moment of ['network', 'vm'] as const) {
    it(`while deploying, once there is a ${moment}, ends with nothing left`, async () => {
      await using simulated = await SimulatedService.start({ latencyMs: 30, bootMs: 100 });
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
    await using simulated = await SimulatedService.start({ latencyMs: 10 });
    const plan = await simulated.plan();
    const [applied, removal] = await Promise.allSettled([simulated.apply(plan), simulated.destroy(plan)]);
    const last = removal.status === 'fulfilled' ? removal.value : await simulated.destroy(plan);
    expect(await simulated.wait(last)).toBe('succeeded');
    const refusal: unknown = applied.status === 'rejected' ? applied.reason : refusedWith('conflict');
    expect(refusal).toMatchObject(refusedWith('conflict'));
    if (applied.status === 'fulfilled') await simulated.wait(plan);
    expect(kindsAtSite(simulated)).toEqual([]);
    expect((await simulated.statusOf(plan)).phase).toBe('destroyed');
  });

  it('leaves what carries another tag alone', async () => {
    await using simulated = await SimulatedService.start();
    const { plan } = await simulated.deploy();
    const stranger = {
      name: brandId('NetworkName', 'stranger'),
      tag: brandId('Tag', 'other'),
      kind: 'private',
    } as const;
    await simulated.platform.vmm.networks.createNetwork(stranger, AbortSignal.timeout(1000));
    await simulated.wait(await simulated.destroy(plan));
    expect(simulated.platform.site.leftovers()).toEqual(['network:stranger']);
  });

  it('as planned removes what was shown, and nothing when the world changed since', async () => {
    await using simulated = await SimulatedService.start();
    const { plan } = await simulated.deploy();
    const stale = await simulated.planChange(plan, { kind: 'destroy' });
    simulated.platform.site.removeVm(vmNames(simulated)[0]!);
    await expect(simulated.apply(stale)).rejects.toMatchObject(refusedWith('conflict'));
    expect((await simulated.infrastructureOf(plan)).isDestroyRequested).toBe(false);
    const removal = await simulated.planChange(plan, { kind: 'destroy' });
    expect(kindsAtSite(simulated)).not.toEqual([]);
    await simulated.apply(removal);
    await simulated.apply(removal);
    expect(await simulated.wait(removal)).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual([]);
    expect((await simulated.infrastructureOf(plan)).destroyedAt).toBeDefined();
  });
});
