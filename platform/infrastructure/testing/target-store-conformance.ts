import { newPlanId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import type { InfrastructureStore } from '../store.ts';
import { exampleInfrastructure, exampleTarget } from './examples.ts';

/** What a store does with targets; a part of `describeInfrastructureStore`. */
export function describeTargets(store: () => InfrastructureStore): void {
  it('replaces the target and nothing else, and adds VM managers to those that are known', async () => {
    const before = exampleInfrastructure('front', { vmms: ['memory'], activePlanId: newPlanId() });
    await store().insert(before);
    const target = exampleTarget();
    const planId = newPlanId();
    await store().updateTarget(before.id, target, { planId, vmms: ['second', 'memory'] });
    await store().updateTarget(before.id, target, { planId, vmms: [] });
    const after = await store().find(before.id);
    expect(after).toStrictEqual({ ...before, ...target, vmms: after?.vmms });
    expect(after?.vmms.toSorted()).toEqual(['memory', 'second']);
  });

  it('gives back the target that there was before a plan’s, however often it was taken up, and no later one', async () => {
    const before = exampleInfrastructure('front');
    await store().insert(before);
    const [first, second] = [newPlanId(), newPlanId()];
    const vmms = before.vmms;
    await store().updateTarget(before.id, exampleTarget(), { planId: first, vmms });
    await store().updateTarget(before.id, exampleTarget(), { planId: first, vmms });
    await store().restoreTarget(before.id, second);
    expect((await store().find(before.id))?.radl).toBe(exampleTarget().radl);
    await store().restoreTarget(before.id, first);
    // Ordinals are never given twice.
    const { nextOrdinal } = exampleTarget();
    expect(await store().find(before.id)).toStrictEqual({ ...before, nextOrdinal });
    await store().updateTarget(before.id, exampleTarget(), { planId: second, vmms });
    await store().requestDestroy(before.id);
    await store().restoreTarget(before.id, second);
    expect((await store().find(before.id))?.radl).toBe(exampleTarget().radl);
  });
  refusals(store);
}

function refusals(store: () => InfrastructureStore): void {
  it('refuses another target for what is being destroyed, is destroyed, or never was', async () => {
    const { id, radl } = exampleInfrastructure('front');
    const update = () => store().updateTarget(id, exampleTarget(), { planId: newPlanId(), vmms: ['second'] });
    await expect(update()).rejects.toMatchObject({ code: 'conflict' });
    await store().insert({ ...exampleInfrastructure('front'), id });
    await store().requestDestroy(id);
    await expect(update()).rejects.toMatchObject({ code: 'conflict' });
    await store().markDestroyed(id, new Date(1000));
    await expect(update()).rejects.toMatchObject({ code: 'conflict' });
    expect(await store().find(id)).toMatchObject({ radl, vmms: ['memory'] });
  });
}
