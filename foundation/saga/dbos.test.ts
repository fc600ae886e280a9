import { systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { newPlanId, newUuid } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { migrate } from '@trencadis/postgres';
import { type TestDatabase, freshDatabase } from '@trencadis/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDbosEngine } from './dbos-engine.ts';
import { createSagaRunner, sagaMigrations } from './index.ts';
import { createPostgresPresence } from './presence-postgres.ts';
import { SagaRunner } from './saga-runner.ts';
import { createPostgresSagaStore } from './store-postgres.ts';
import { type BoxContext, makeBoxWorld, sixBoxes } from './testing/box-world.ts';
import type { SagaWorld } from './testing/index.ts';
import { crashingStore } from './testing/memory-store.ts';

const log = createLog({ name: 'test', level: 'silent' });
const deadline = () => AbortSignal.timeout(40_000);
let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
  await migrate(database.db, sagaMigrations);
});
afterAll(() => database[Symbol.asyncDispose]());

function launch(world: SagaWorld<BoxContext>) {
  return createSagaRunner({
    databaseUrl: database.url,
    db: database.db,
    stepKinds: world.stepKinds,
    makeContext: world.makeContext,
    log,
    clock: systemClock,
    concurrency: 4,
  });
}

/** A runner whose log dies at its n-th write. */
function launchDying(world: SagaWorld<BoxContext>, crashAt: number) {
  const executorId = newUuid();
  const engine = createDbosEngine({
    databaseUrl: database.url,
    log,
    executorId,
    applicationVersion: 'saga@1',
  });
  const store = crashingStore(createPostgresSagaStore(database.db, systemClock), crashAt, 'before');
  const peers = createPostgresPresence({ db: database.db, executorId, clock: systemClock, log });
  return SagaRunner.launch(
    { engine, store, presence: { executorId, peers } },
    {
      stepKinds: world.stepKinds,
      makeContext: world.makeContext,
      log,
      clock: systemClock,
      concurrency: 4,
    },
  );
}

describe('a runner on the durable engine', () => {
  it('applies a plan, once however often it is started, and tells what happened in order', async () => {
    const world = makeBoxWorld();
    const runner = await launch(world);
    try {
      const graph = sixBoxes(newPlanId());
      const heard: number[] = [];
      runner.subscribe(graph.planId, ({ sequence }) => heard.push(sequence));
      await Promise.all([runner.start(graph), runner.start(graph)]);
      expect(await runner.wait(graph.planId, deadline())).toBe('succeeded');
      await world.expectDone();
      const events = await runner.events(graph.planId);
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
      expect(heard).toEqual(events.map(({ sequence }) => sequence));
      expect(events.filter(({ kind }) => kind === 'started')).toHaveLength(6);
      await expect(runner.start({ ...graph, onFailure: 'keep' })).rejects.toMatchObject({ code: 'conflict' });
    } finally {
      await runner.close();
    }
  });

  it('undoes a plan that fails, is stuck where it cannot, and is resumed', async () => {
    const world = makeBoxWorld();
    let isMended = false;
    const stepKinds = world.stepKinds.map((kind): typeof kind => ({
      ...kind,
      run: async (context, args: { name: string }) => {
        await kind.run(context, args as never);
        if (args.name === 'f') throw new PlatformError('internal', 'f breaks.');
      },
      undo: async (context, args: { name: string }) => {
        if (args.name === 'd' && !isMended) throw new PlatformError('forbidden', 'd may not go.');
        if (typeof kind.undo === 'function') await kind.undo(context, args as never);
      },
    }));
    const runner = await launch({ ...world, stepKinds });
    try {
      const graph = sixBoxes(newPlanId());
      await runner.start(graph);
      expect(await runner.wait(graph.planId, deadline())).toBe('stuck');
      expect((await world.leftovers()).toSorted()).toEqual(['a', 'b', 'c', 'd']);
      isMended = true;
      await runner.resume(graph.planId);
      expect(await runner.wait(graph.planId, deadline())).toBe('undone');
      expect(await world.leftovers()).toEqual([]);
    } finally {
      await runner.close();
    }
  });

  it('refuses a second runner in this process', async () => {
    const runner = await launch(makeBoxWorld());
    try {
      await expect(launch(makeBoxWorld())).rejects.toMatchObject({ code: 'conflict' });
    } finally {
      await runner.close();
    }
  });

  it.each([1, 9])('goes on in a new runner after its log died at write %i', async (crashAt) => {
    const world = makeBoxWorld();
    const graph = sixBoxes(newPlanId());
    const dying = await launchDying(world, crashAt);
    await dying.start(graph);
    await expect(dying.wait(graph.planId, deadline())).rejects.toThrow('cannot be written');
    await dying.close();
    const runner = await launch(world);
    try {
      expect(await runner.wait(graph.planId, deadline())).toBe('succeeded');
      await world.expectDone();
      const outcomes = await runner.events(graph.planId);
      expect(outcomes.filter(({ kind }) => kind === 'succeeded')).toHaveLength(6);
    } finally {
      await runner.close();
    }
  });
});
