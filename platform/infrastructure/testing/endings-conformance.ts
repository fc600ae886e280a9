import { newInfrastructureId, newPlanId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import type { InfrastructureStore } from '../store.ts';
import { exampleInfrastructure, exampleTarget } from './examples.ts';

/** What a store must do with infrastructures that are destroyed, or left to another platform. */
export function describeEndings(store: () => InfrastructureStore): void {
  const at = new Date(5000);
  const ana = { owner: 'ana', groups: [], isAdmin: false };

  it('keeps the time at which it was destroyed first', async () => {
    const { id } = exampleInfrastructure('front');
    await store().insert({ ...exampleInfrastructure('front'), id });
    await store().markDestroyed(id, new Date(1000));
    await store().markDestroyed(id, new Date(2000));
    expect((await store().find(id))?.destroyedAt).toEqual(new Date(1000));
  });

  it('closes one and leaves what it was', async () => {
    const before = exampleInfrastructure('front', { ...exampleTarget(), activePlanId: newPlanId() });
    const { id, activePlanId } = before;
    await store().insert(before);
    await store().insertSecret(id, 'key', 'sealed');
    expect(await store().release(id, at, activePlanId)).toBe('released');
    const closed = { ...before, isDestroyRequested: true, destroyedAt: at, releasedAt: at };
    expect(await store().find(id)).toStrictEqual(closed);
    expect(await store().list(ana)).toEqual([]);
    expect(await store().findByName('ana', 'front')).toBeUndefined();
    expect(await store().findSecret(id, 'key')).toBe('sealed');
    await expect(store().updateTerms(id, { owner: 'ben' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('releases none that is being destroyed, that another plan is at, or that never was', async () => {
    const { id } = exampleInfrastructure('front');
    expect(await store().release(id, at, undefined)).toBe('taken');
    await store().insert({ ...exampleInfrastructure('front'), id });
    expect(await store().release(id, at, newPlanId())).toBe('taken');
    await store().requestDestroy(id);
    expect(await store().release(id, at, undefined)).toBe('taken');
    expect((await store().find(id))?.releasedAt).toBeUndefined();
  });

  it('lets another one of its id take its place, once', async () => {
    const before = exampleInfrastructure('front', { activePlanId: newPlanId() });
    const after = exampleInfrastructure('back', { ...exampleTarget(), id: before.id, owner: 'ben' });
    await store().insert(before);
    await expect(store().takeUp(after)).rejects.toMatchObject({ code: 'already-exists' });
    await store().release(before.id, at, before.activePlanId);
    await store().takeUp(after);
    expect(await store().find(before.id)).toStrictEqual(after);
    await expect(store().takeUp(after)).rejects.toMatchObject({ code: 'already-exists' });
  });

  it('lets none take the place of one that was destroyed, or a name that is taken', async () => {
    const [gone, released] = [exampleInfrastructure('gone'), exampleInfrastructure('front')];
    await store().insert(gone);
    await store().markDestroyed(gone.id, at);
    await expect(store().takeUp(gone)).rejects.toMatchObject({ code: 'already-exists' });
    await store().insert(released);
    await store().release(released.id, at, undefined);
    await store().insert(exampleInfrastructure('front'));
    await expect(store().takeUp(released)).rejects.toMatchObject({ code: 'already-exists' });
    const other = exampleInfrastructure('other', { id: newInfrastructureId() });
    await expect(store().takeUp(other)).rejects.toMatchObject({ code: 'already-exists' });
  });
}
