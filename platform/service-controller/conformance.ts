import type { GroupEvent } from '@trencadis/availability';
import { brandId, newPlanId, sha256OfText } from '@trencadis/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GroupKey } from './fleet.ts';
import { keyOf } from './group-record.ts';
import type { ServiceStore } from './store.ts';
import { exampleEvaluation, exampleRecord } from './testing/examples.ts';

export interface ServiceStoreHarness extends AsyncDisposable {
  readonly store: ServiceStore;
}

/** What every {@link ServiceStore} must do. */
export function describeServiceStore(name: string, makeHarness: () => Promise<ServiceStoreHarness>): void {
  describe(`the store of services ${name}`, () => {
    let harness: ServiceStoreHarness;
    const store = () => harness.store;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness[Symbol.asyncDispose]());
    describeGroups(store);
    describeEvaluations(store);
    describeEvents(store);
  });
}

const happened = ({ infrastructureId, serviceId }: GroupKey, ...events: readonly GroupEvent[]) => ({
  events: events.map((each) => ({ infrastructureId, serviceId, event: each })),
});

function describeGroups(store: () => ServiceStore): void {
  it('keeps a group as it was given, and the first one of two', async () => {
    const record = { ...exampleRecord(), planId: newPlanId(), outcome: { isSuccess: true } };
    expect(await store().findGroup(record)).toBeUndefined();
    expect(await store().insertGroup(record)).toStrictEqual({ ...record, version: 1 });
    expect(await store().insertGroup({ ...record, outcome: { isSuccess: false } })).toMatchObject(record);
    expect(await store().findGroup(record)).toStrictEqual({ ...record, version: 1 });
  });

  it('lists all, or those of some infrastructures', async () => {
    const [one, other] = [exampleRecord('back'), exampleRecord('front')];
    const third = exampleRecord('front', one.infrastructureId);
    for (const each of [one, other, third]) await store().insertGroup(each);
    expect(await store().listGroups()).toHaveLength(3);
    const listed = await store().listGroups([one.infrastructureId]);
    expect(listed.map(({ serviceId }) => serviceId)).toEqual(['back', 'front']);
    expect(await store().listGroups([])).toEqual([]);
  });

  it('stores those that nobody changed meanwhile, and says which', async () => {
    const one = await store().insertGroup(exampleRecord());
    const other = await store().insertGroup(exampleRecord());
    const state = { ...one.state, desired: 3 };
    const changed = {
      ...one,
      state,
      planId: newPlanId(),
      refreshBefore: 12.5,
      documentDigest: sha256OfText('doc'),
    };
    expect(await store().saveGroups([changed, other])).toEqual(new Set([keyOf(one), keyOf(other)]));
    expect(await store().findGroup(one)).toStrictEqual({ ...changed, version: 2 });
    expect(await store().saveGroups([one, { ...other, version: 2 }])).toEqual(new Set([keyOf(other)]));
    expect(await store().findGroup(one)).toStrictEqual({ ...changed, version: 2 });
    expect(await store().saveGroups([exampleRecordWithVersion()])).toEqual(new Set());
    expect(await store().saveGroups([])).toEqual(new Set());
  });

  it('lets one of several win who change the same version at once', async () => {
    const one = await store().insertGroup(exampleRecord());
    const tries = await Promise.all([1, 2, 3, 4].map(() => store().saveGroups([one])));
    expect(tries.filter(({ size }) => size === 1)).toHaveLength(1);
  });

  it('adds notes with what is stored, but none of a group that somebody else changed', async () => {
    const one = await store().insertGroup(exampleRecord());
    const other = await store().insertGroup(exampleRecord());
    const quiet = await store().insertGroup(exampleRecord());
    await store().saveGroups([other]);
    const all = [one, other, quiet];
    const notes = {
      evaluations: all.map((each) => exampleEvaluation(each, 1)),
      events: all.flatMap((each) => happened(each, event(1)).events),
    };
    expect(await store().saveGroups([one, other], notes)).toEqual(new Set([keyOf(one)]));
    const limit = 9;
    const kept = await Promise.all(
      all.map(async (each) => {
        const evaluations = await store().listEvaluations(each, { limit });
        return [evaluations.length, (await store().listEvents(each, { limit })).length];
      }),
    );
    expect(kept).toEqual([
      [1, 1],
      [0, 0],
      [1, 1],
    ]);
  });

  it('removes a group with all that is kept of it, and adds nothing to one that is gone', async () => {
    const one = await store().insertGroup(exampleRecord());
    await store().addNotes(happened(one, event(1)));
    await store().addNotes({ evaluations: [exampleEvaluation(one, 1)] });
    await store().removeGroup(one);
    await store().removeGroup(one);
    await store().addNotes(happened(one, event(2)));
    await store().addNotes({ evaluations: [exampleEvaluation(one, 2)] });
    await store().insertGroup(one);
    expect(await store().listEvents(one, { limit: 10 })).toEqual([]);
    expect(await store().listEvaluations(one, { limit: 10 })).toEqual([]);
  });
}

function exampleRecordWithVersion() {
  return { ...exampleRecord(), version: 1 };
}

function describeEvaluations(store: () => ServiceStore): void {
  it('keeps evaluations with their snapshots, newest first', async () => {
    const one = await store().insertGroup(exampleRecord());
    const other = await store().insertGroup(exampleRecord());
    const kept = [1, 2, 3, 4].map((at) => exampleEvaluation(one, at, at % 2 === 0));
    await store().addNotes({ evaluations: [...kept, exampleEvaluation(other, 9)] });
    await store().addNotes({ evaluations: [] });
    expect(await store().listEvaluations(one, { limit: 2 })).toStrictEqual([kept[3], kept[2]]);
    expect(await store().listEvaluations(one, { limit: 9, onlyDecisions: true })).toStrictEqual([
      kept[3],
      kept[1],
    ]);
    expect(await store().listEvaluations(one, { limit: 9, before: 2 })).toStrictEqual([kept[0]]);
  });

  it('forgets old ones, those that decided something later', async () => {
    const one = await store().insertGroup(exampleRecord());
    const all = [1, 2, 3, 4, 5, 6].map((at) => exampleEvaluation(one, at, at < 4));
    await store().addNotes({ evaluations: all });
    await store().addNotes(happened(one, event(1), event(2), event(3)));
    await store().prune(10, { evaluations: 2, decisionsMs: 8, events: 2 });
    const times = async () =>
      (await store().listEvaluations(one, { limit: 9 })).map(({ evaluation }) => evaluation.at);
    expect(await times()).toEqual([6, 5, 3, 2]);
    expect((await store().listEvents(one, { limit: 9 })).map(({ at }) => at)).toEqual([2, 3]);
  });
}

function describeEvents(store: () => ServiceStore): void {
  it('keeps events in their order, and goes on after any of them', async () => {
    const one = await store().insertGroup(exampleRecord());
    const other = await store().insertGroup(exampleRecord());
    await store().addNotes(happened(one, event(1), event(2)));
    await store().addNotes(happened(other, event(7)));
    await store().addNotes(happened(one, event(3)));
    await store().addNotes(happened(one));
    const all = await store().listEvents(one, { limit: 9 });
    expect(all).toStrictEqual(
      [1, 2, 3].map((at, place) => ({ ...event(at), sequence: all[place]!.sequence })),
    );
    expect(await store().listEvents(one, { limit: 2 })).toEqual(all.slice(1));
    expect(await store().listEvents(one, { limit: 1, after: all[0]!.sequence })).toEqual([all[1]]);
    expect(await store().listEvents(one, { limit: 9, after: all[2]!.sequence })).toEqual([]);
  });
}

function event(at: number): GroupEvent {
  return { at, kind: 'phase', vm: brandId('VmName', 'front-1'), text: `it is ${at}` };
}
