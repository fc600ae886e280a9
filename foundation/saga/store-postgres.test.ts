import { systemClock } from '@trencadis/clock';
import { newPlanId } from '@trencadis/ids';
import { migrate } from '@trencadis/postgres';
import { type TestDatabase, freshDatabase } from '@trencadis/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sagaMigrations } from './index.ts';
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
});
