import { newInfrastructureId, newPlanId, sha256OfText } from '@trencadis/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InfrastructureStore } from './store.ts';
import { desiredFront, exampleInfrastructure, examplePlan } from './testing/examples.ts';

export interface InfrastructureStoreHarness extends AsyncDisposable {
  /** Empty. */
  readonly store: InfrastructureStore;
}

/** What every {@link InfrastructureStore} must do. */
export function describeInfrastructureStore(
  name: string,
  makeHarness: () => Promise<InfrastructureStoreHarness>,
): void {
  describe(`infrastructure store: ${name}`, () => {
    let harness: InfrastructureStoreHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness[Symbol.asyncDispose]());
    const store = () => harness.store;

    describe('infrastructures', () => {
      describeInfrastructures(store);
    });
    describe('plans', () => {
      describePlans(store);
    });
    describe('configured VMs', () => {
      describeConfigurations(store);
    });
    describe('secrets', () => {
      describeSecrets(store);
    });
  });
}

type Store = () => InfrastructureStore;

function describeInfrastructures(store: Store): void {
  it('gives back what was inserted, the optional parts too', async () => {
    const bare = exampleInfrastructure('bare');
    const full = {
      ...exampleInfrastructure('full', { parameters: { issuers: [{ kty: 'EC', nested: { a: null } }] } }),
      activePlanId: newPlanId(),
      destroyedAt: new Date(86_400_000),
      isDestroyRequested: true,
    };
    await store().insert(bare);
    await store().insert(full);
    expect(await store().find(bare.id)).toStrictEqual(bare);
    expect(await store().find(full.id)).toStrictEqual(full);
  });

  it('finds nothing by an unknown id or name', async () => {
    expect(await store().find(newInfrastructureId())).toBeUndefined();
    expect(await store().findByName('ana', 'front')).toBeUndefined();
    expect(await store().list('ana')).toEqual([]);
  });

  it('holds a name once for each owner while the infrastructure lives', async () => {
    const first = exampleInfrastructure('front');
    await store().insert(first);
    await store().insert(exampleInfrastructure('front', { owner: 'ben' }));
    const second = exampleInfrastructure('front');
    await expect(store().insert(second)).rejects.toMatchObject({ code: 'already-exists' });
    await store().requestDestroy(first.id);
    await expect(store().insert(second)).rejects.toMatchObject({ code: 'already-exists' });
    await store().markDestroyed(first.id, new Date(1000));
    await store().insert(second);
    expect(await store().findByName('ana', 'front')).toStrictEqual(second);
    expect((await store().findByName('ben', 'front'))?.owner).toBe('ben');
  });

  it('lets one of several win a name at the same moment', async () => {
    const rivals = Array.from({ length: 8 }, () => exampleInfrastructure('front'));
    const outcomes = await Promise.allSettled(rivals.map((each) => store().insert(each)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store().list('ana')).toHaveLength(1);
  });

  it('lists the living of one owner, oldest first', async () => {
    const late = exampleInfrastructure('late', { createdAt: new Date(3000) });
    const gone = exampleInfrastructure('gone', { createdAt: new Date(2000) });
    const early = exampleInfrastructure('early', { createdAt: new Date(1000) });
    for (const each of [late, gone, early, exampleInfrastructure('other', { owner: 'ben' })])
      await store().insert(each);
    await store().markDestroyed(gone.id, new Date(4000));
    expect((await store().list('ana')).map((each) => each.name)).toEqual(['early', 'late']);
  });

  it('replaces document and parameters, and nothing else', async () => {
    const before = exampleInfrastructure('front');
    await store().insert(before);
    const document = { radl: 'network other', dialect: 'im', parameters: { size: 2 } } as const;
    await store().updateDocument({
      ...before,
      ...document,
      createdAt: new Date(9),
      activePlanId: newPlanId(),
    });
    expect(await store().find(before.id)).toStrictEqual({ ...before, ...document });
  });

  it('refuses another document for what is being destroyed, is destroyed, or never was', async () => {
    const infrastructure = exampleInfrastructure('front');
    await expect(store().updateDocument(infrastructure)).rejects.toMatchObject({ code: 'conflict' });
    await store().insert(infrastructure);
    await store().requestDestroy(infrastructure.id);
    const other = { ...infrastructure, radl: 'network other' };
    await expect(store().updateDocument(other)).rejects.toMatchObject({ code: 'conflict' });
    await store().markDestroyed(infrastructure.id, new Date(1000));
    await expect(store().updateDocument(other)).rejects.toMatchObject({ code: 'conflict' });
    expect((await store().find(infrastructure.id))?.radl).toBe(infrastructure.radl);
  });

  it('keeps the time at which it was destroyed first', async () => {
    const { id } = exampleInfrastructure('front');
    await store().insert({ ...exampleInfrastructure('front'), id });
    await store().markDestroyed(id, new Date(1000));
    await store().markDestroyed(id, new Date(2000));
    expect((await store().find(id))?.destroyedAt).toEqual(new Date(1000));
  });
}

function describePlans(store: Store): void {
  it('gives a plan back strictly equal, so that a stale one can be told', async () => {
    const infrastructure = exampleInfrastructure('front');
    await store().insert(infrastructure);
    const plan = examplePlan(infrastructure, desiredFront(infrastructure));
    expect(plan.steps.length).toBeGreaterThan(3);
    await store().insertPlan(plan);
    expect(await store().findPlan(plan.id)).toStrictEqual(plan);
    expect(await store().findPlan(newPlanId())).toBeUndefined();
  });

  it('makes a plan the active one only in the place of the one that was seen', async () => {
    const { id } = exampleInfrastructure('front');
    await store().insert({ ...exampleInfrastructure('front'), id });
    const [first, second] = [newPlanId(), newPlanId()];
    expect(await store().claimActivePlan(id, first, second)).toBe('taken');
    expect(await store().claimActivePlan(id, first, undefined)).toBe('claimed');
    expect(await store().claimActivePlan(id, second, undefined)).toBe('taken');
    expect(await store().claimActivePlan(id, second, first)).toBe('claimed');
    expect((await store().find(id))?.activePlanId).toBe(second);
    expect(await store().claimActivePlan(newInfrastructureId(), first, undefined)).toBe('taken');
  });

  it('lets exactly one of many claims at the same moment win', async () => {
    const { id } = exampleInfrastructure('front');
    await store().insert({ ...exampleInfrastructure('front'), id });
    let previous = undefined as ReturnType<typeof newPlanId> | undefined;
    for (let round = 0; round < 5; round++) {
      const rivals = Array.from({ length: 8 }, () => newPlanId());
      const outcomes = await Promise.all(rivals.map((each) => store().claimActivePlan(id, each, previous)));
      expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
      previous = rivals[outcomes.indexOf('claimed')];
      expect((await store().find(id))?.activePlanId).toBe(previous);
    }
  });
}

function describeConfigurations(store: Store): void {
  it('remembers the last configuration of each VM, for each infrastructure apart', async () => {
    const [one, two] = [exampleInfrastructure('one'), exampleInfrastructure('two')];
    const vm = desiredFront(one).vms[0]!.spec.name;
    await store().insert(one);
    await store().insert(two);
    await store().setConfigured(one.id, vm, sha256OfText('first'));
    await store().setConfigured(one.id, vm, sha256OfText('second'));
    await store().setConfigured(two.id, vm, sha256OfText('other'));
    expect(await store().configuredDigests(one.id)).toEqual({ [vm]: sha256OfText('second') });
    await store().clearConfigured(one.id, vm);
    await store().clearConfigured(one.id, vm);
    expect(await store().configuredDigests(one.id)).toEqual({});
    expect(await store().configuredDigests(two.id)).toEqual({ [vm]: sha256OfText('other') });
  });
}

function describeSecrets(store: Store): void {
  it('keeps the first secret of a name and answers it to all', async () => {
    const infrastructure = exampleInfrastructure('front');
    await store().insert(infrastructure);
    const { id } = infrastructure;
    expect(await store().findSecret(id, 'key')).toBeUndefined();
    const given = Array.from({ length: 8 }, (_, index) => `sealed ${index}`);
    const kept = await Promise.all(given.map((sealed) => store().insertSecret(id, 'key', sealed)));
    expect(new Set(kept).size).toBe(1);
    expect(given).toContain(kept[0]);
    expect(await store().findSecret(id, 'key')).toBe(kept[0]);
    expect(await store().insertSecret(id, 'other', 'sealed other')).toBe('sealed other');
  });

  it('removes the secrets of one infrastructure only', async () => {
    const [one, two] = [exampleInfrastructure('one'), exampleInfrastructure('two')];
    for (const each of [one, two]) {
      await store().insert(each);
      await store().insertSecret(each.id, 'a', 'sealed a');
      await store().insertSecret(each.id, 'b', 'sealed b');
    }
    await store().removeSecrets(one.id);
    expect(await store().findSecret(one.id, 'a')).toBeUndefined();
    expect(await store().findSecret(one.id, 'b')).toBeUndefined();
    expect(await store().findSecret(two.id, 'a')).toBe('sealed a');
  });
}
