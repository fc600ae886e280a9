import { systemClock } from '@trencadis/clock';
import { newPlanId } from '@trencadis/ids';
import { migrate } from '@trencadis/postgres';
import { type TestDatabase, freshDatabase } from '@trencadis/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sagaMigrations } from './index.ts';
import { RunSuperseded } from './store.ts';
import { createPostgresSagaStore } from './store-postgres.ts';
import { boxStep } from './testing/box-world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await migrate(database.db, sagaMigrations);
});
afterAll(() => database[Symbol.asyncDispose]());

async function storeWithPlan() {
  const store = createPostgresSagaStore(database.db, systemClock);
  const graph = { planId: newPlanId(), steps: [boxStep('a')], onFailure: 'undo' as const };
  await store.savePlan(graph);
  return { store, graph, planId: graph.planId };
}
const draft = (text: string) => ({ stepId: 'a', kind: 'progress' as const, at: new Date(5), text });

describe('the store of sagas in PostgreSQL', () => {
  it('numbers the events of a plan without gaps, also when many write at once', async () => {
    const { store, planId } = await storeWithPlan();
    const batches = Array.from({ length: 20 }, (_, index) => [
      draft(`${index} first`),
      draft(`${index} second`),
    ]);
    const written = await Promise.all(batches.map((batch) => store.appendEvents(planId, batch)));
    const all = await store.readEvents(planId);
    expect(all.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    for (const [first, second] of written) {
      expect(second!.sequence).toBe(first!.sequence + 1);
      expect(second!.text).toBe(first!.text!.replace('first', 'second'));
    }
    expect(await store.readEvents(planId, 38)).toEqual(all.slice(38));
  });

  it('gives back what was written', async () => {
    const { store, graph, planId } = await storeWithPlan();
    expect(await store.findPlan(planId)).toEqual(graph);
    expect(await store.findPlan(newPlanId())).toBeUndefined();
    const failed = {
      stepId: 'a',
      kind: 'failed' as const,
      at: new Date(7),
      text: "it's",
      errorCode: 'internal',
    };
    await store.appendEvents(planId, [failed]);
    expect(await store.readEvents(planId)).toEqual([{ ...failed, planId, sequence: 1 }]);
  });

  it('drops old progress lines of one step and nothing else', async () => {
    const { store, planId } = await storeWithPlan();
    const started = { ...draft('x'), kind: 'started' as const };
    await store.appendEvents(planId, [
      started,
      draft('old'),
      { ...draft('other'), stepId: 'b' },
      draft('new'),
    ]);
    await store.dropProgress(planId, 'a', 4);
    expect((await store.readEvents(planId)).map(({ sequence }) => sequence)).toEqual([1, 3, 4]);
  });

  it('refuses what an earlier run appends, all of it, and takes what comes from outside', async () => {
    const { store, planId } = await storeWithPlan();
    expect(await store.listUnbegunPlans(0)).toContain(planId);
    const first = await store.takeEpoch(planId);
    expect(await store.listUnbegunPlans(0)).not.toContain(planId);
    await store.appendEvents(planId, [draft('one')], first);
    const second = await store.takeEpoch(planId);
    await expect(store.appendEvents(planId, [draft('x'), draft('y')], first)).rejects.toThrow(RunSuperseded);
    await store.appendEvents(planId, [draft('two')], second);
    await store.appendEvents(planId, [draft('outside')]);
    const texts = (await store.readEvents(planId)).map(({ text }) => text);
    expect(texts).toEqual(['one', 'two', 'outside']);
    expect(await store.readHeads([planId])).toEqual([{ planId, epoch: second, lastSequence: 3 }]);
    expect(await store.listUnbegunPlans(60_000)).toEqual([]);
  });

  it('writes a batch once when the connection is cut between its commit and the answer', async () => {
    const { planId } = await storeWithPlan();
    let cuts = 1;
    const { pool: whole } = database.db;
    const query = async (text: string, values?: unknown[]) => {
      const answer = await whole.query(text, values);
      if ((cuts -= 1) >= 0) throw Object.assign(new Error('cut'), { code: 'ECONNRESET' });
      return answer;
    };
    const pool = { query } as unknown as typeof whole;
    const cutting = createPostgresSagaStore({ ...database.db, pool }, systemClock);
    const written = await cutting.appendEvents(planId, [draft('one'), draft('two')]);
    expect(written.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(await cutting.readEvents(planId)).toEqual(written);
  });

  it('keeps a plan once, whatever the order of its keys, and refuses another one under its id', async () => {
    const { store, graph } = await storeWithPlan();
    const [first] = graph.steps;
    await store.savePlan({ onFailure: 'undo', steps: [{ ...first!, id: first!.id }], planId: graph.planId });
    await expect(store.savePlan({ ...graph, onFailure: 'keep' })).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.findPlan(graph.planId)).toEqual(graph);
  });
});
