import { describeTargets } from './testing/target-store-conformance.ts';
import { newInfrastructureId, newPlanId, sha256OfText } from '@trencadis/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeAttention } from './testing/attention-conformance.ts';
import type { Infrastructure } from './model.ts';
import { vmName } from './resource-names.ts';
import type { InfrastructureStore, StoreCaller } from './store.ts';
import { describeEndings } from './testing/endings-conformance.ts';
import { describeHooks } from './testing/hook-conformance.ts';
import { exampleInfrastructure, exampleTarget } from './testing/examples.ts';
import { describePlanStore } from './testing/plan-store-conformance.ts';

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
      describeLists(store);
      describeTargets(store);
      describeTerms(store);
      describeEndings(store);
      describeHooks(store);
    });
    describe('plans', () => {
      describePlanStore(store);
    });
    describe('configured VMs', () => {
      describeConfigurations(store);
    });
    describe('secrets', () => {
      describeSecrets(store);
    });
    describe('attention', () => {
      describeAttention(store);
    });
  });
}

type Store = () => InfrastructureStore;

function caller(owner: string, changes: Partial<StoreCaller> = {}): StoreCaller {
  return { owner, groups: [], isAdmin: false, ...changes };
}

const namesOf = (infrastructures: readonly { readonly name: string }[]) =>
  infrastructures.map(({ name }) => name);

function describeInfrastructures(store: Store): void {
  it('gives back what was inserted, the optional parts too', async () => {
    const bare = exampleInfrastructure('bare');
    const full = {
      ...exampleInfrastructure('full', { parameters: { issuers: [{ kty: 'EC', nested: { a: null } }] } }),
      activePlanId: newPlanId(),
      destroyedAt: new Date(86_400_000),
      isDestroyRequested: true,
      ...exampleTarget(),
      vmms: ['second', 'memory'],
      shares: [{ group: 'labs', right: 'change' }],
      expiresAt: new Date(172_800_000),
    } as const;
    await store().insert(bare);
    await store().insert(full);
    expect(await store().find(bare.id)).toStrictEqual(bare);
    expect(await store().find(full.id)).toStrictEqual(full);
  });

  it('finds nothing by an unknown id or name', async () => {
    expect(await store().find(newInfrastructureId())).toBeUndefined();
    expect(await store().findByName('ana', 'front')).toBeUndefined();
    expect(await store().list(caller('ana'))).toEqual([]);
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
    expect(await store().list(caller('ana'))).toHaveLength(1);
  });
}

function describeLists(store: Store): void {
  it('lists the living of one owner, oldest first', async () => {
    const late = exampleInfrastructure('late', { createdAt: new Date(3000) });
    const gone = exampleInfrastructure('gone', { createdAt: new Date(2000) });
    const early = exampleInfrastructure('early', { createdAt: new Date(1000) });
    for (const each of [late, gone, early, exampleInfrastructure('other', { owner: 'ben' })])
      await store().insert(each);
    await store().markDestroyed(gone.id, new Date(4000));
    expect(namesOf(await store().list(caller('ana')))).toEqual(['early', 'late']);
  });

  it('lists what is shared with a group of the caller, and everything for an admin', async () => {
    const shared = (name: string, owner: string, ...groups: string[]) =>
      exampleInfrastructure(name, {
        owner,
        createdAt: new Date(name.length * 1000),
        shares: groups.map((group) => ({ group, right: 'read' as const })),
      });
    for (const each of [
      shared('a', 'ana', 'labs'),
      shared('bb', 'ben', 'clinic', 'labs'),
      shared('ccc', 'ben', 'clinic'),
      shared('dddd', 'ben'),
    ])
      await store().insert(each);
    const listed = async (who: StoreCaller) => namesOf(await store().list(who));
    expect(await listed(caller('ana', { groups: ['labs', 'other'] }))).toEqual(['a', 'bb']);
    expect(await listed(caller('eve', { groups: ['labs', 'clinic'] }))).toEqual(['a', 'bb', 'ccc']);
    expect(await listed(caller('eve', { groups: ['labs,clinic', '{labs}'] }))).toEqual([]);
    expect(await listed(caller('eve', { isAdmin: true }))).toEqual(['a', 'bb', 'ccc', 'dddd']);
  });

  it('adds up what an owner uses in all living infrastructures but one', async () => {
    const using = (name: string, usage: Infrastructure['usage'], owner = 'ana') =>
      exampleInfrastructure(name, { usage, owner });
    const [one, two, gone, other] = [
      using('one', { vms: 1, cpuCount: 0.5, memoryMiB: 512 }),
      using('two', { vms: 2, cpuCount: 4, memoryMiB: 1024 }),
      using('gone', { vms: 8, cpuCount: 8, memoryMiB: 8 }),
      using('other', { vms: 16, cpuCount: 16, memoryMiB: 16 }, 'ben'),
    ];
    for (const each of [one, two, gone, other]) await store().insert(each);
    await store().markDestroyed(gone.id, new Date(1));
    expect(await store().usageOf('ana', newInfrastructureId())).toEqual({
      vms: 3,
      cpuCount: 4.5,
      memoryMiB: 1536,
    });
    expect(await store().usageOf('ana', one.id)).toEqual(two.usage);
    expect(await store().usageOf('eve', one.id)).toEqual({ vms: 0, cpuCount: 0, memoryMiB: 0 });
  });
}

function describeTerms(store: Store): void {
  it('changes owner, shares and lease, each alone, and takes a lease away', async () => {
    const before = exampleInfrastructure('front');
    const { id } = before;
    await store().insert(before);
    const shares = [{ group: 'labs', right: 'change' }] as const;
    await store().updateTerms(id, { shares });
    expect(await store().find(id)).toStrictEqual({ ...before, shares });
    await store().updateTerms(id, { expiresAt: new Date(5000) });
    await store().updateTerms(id, { owner: 'ben' });
    await store().updateTerms(id, {});
    expect(await store().find(id)).toStrictEqual({
      ...before,
      shares,
      owner: 'ben',
      expiresAt: new Date(5000),
    });
    await store().updateTerms(id, { expiresAt: null, shares: [] });
    expect(await store().find(id)).toStrictEqual({ ...before, owner: 'ben' });
  });

  it('gives it to no owner who has one of that name', async () => {
    const mine = exampleInfrastructure('front');
    await store().insert(mine);
    await store().insert(exampleInfrastructure('front', { owner: 'ben' }));
    await expect(store().updateTerms(mine.id, { owner: 'ben' })).rejects.toMatchObject({
      code: 'already-exists',
    });
    expect((await store().find(mine.id))?.owner).toBe('ana');
  });

  it('changes nothing of what is being destroyed, or never was', async () => {
    const { id } = exampleInfrastructure('front');
    const update = () => store().updateTerms(id, { owner: 'ben' });
    await expect(update()).rejects.toMatchObject({ code: 'conflict' });
    await store().insert({ ...exampleInfrastructure('front'), id });
    await store().requestDestroy(id);
    await expect(update()).rejects.toMatchObject({ code: 'conflict' });
    expect((await store().find(id))?.owner).toBe('ana');
  });
}

function describeConfigurations(store: Store): void {
  it('remembers what each stage of each VM was done with last, for each infrastructure apart', async () => {
    const [one, two] = [exampleInfrastructure('one'), exampleInfrastructure('two')];
    await store().insert(one);
    await store().insert(two);
    const [name, other] = [vmName(one.id, 'front', 1), vmName(one.id, 'front', 2)];
    const done = (text: string, stage = '1:puppet') => ({ name, stage, key: sha256OfText(text) });
    await store().setConfigured(one.id, done('first'));
    await store().setConfigured(one.id, done('second'));
    await store().setConfigured(one.id, done('third', '2:ansible'));
    await store().setConfigured(one.id, { ...done('fourth'), name: other });
    await store().setConfigured(two.id, done('other'));
    const stages = { '1:puppet': sha256OfText('second'), '2:ansible': sha256OfText('third') };
    const ofOther = { '1:puppet': sha256OfText('fourth') };
    expect(await store().configuredKeys(one.id)).toEqual({ [name]: stages, [other]: ofOther });
    expect(await store().configuredKeys(two.id)).toEqual({ [name]: { '1:puppet': sha256OfText('other') } });
  });

  it('forgets one stage of a VM, or all, again and again', async () => {
    const { id } = exampleInfrastructure('one');
    await store().insert({ ...exampleInfrastructure('one'), id });
    const [name, other] = [vmName(id, 'front', 1), vmName(id, 'front', 2)];
    const key = sha256OfText('done');
    for (const stage of ['1:puppet', '2:puppet', '3:puppet'])
      await store().setConfigured(id, { name, stage, key });
    await store().setConfigured(id, { name: other, stage: '1:puppet', key });
    await store().clearConfigured(id, name, '2:puppet');
    await store().clearConfigured(id, name, '2:puppet');
    expect(await store().configuredKeys(id)).toEqual({
      [name]: { '1:puppet': key, '3:puppet': key },
      [other]: { '1:puppet': key },
    });
    await store().clearConfigured(id, name);
    await store().clearConfigured(id, name);
    expect(await store().configuredKeys(id)).toEqual({ [other]: { '1:puppet': key } });
    await store().clearConfigured(id, other, '1:puppet');
    expect(await store().configuredKeys(id)).toEqual({});
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
