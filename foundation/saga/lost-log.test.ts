import { systemClock } from '@trencadis/clock';
import { newPlanId } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DurableEngine } from './durable-engine.ts';
import { createDbosEngine } from './dbos-engine.ts';
import { type StepEvent, defineStepKind, sagaMigrations } from './index.ts';
import { SagaRunner } from './saga-runner.ts';
import type { SagaStore } from './store.ts';
import { createPostgresSagaStore } from './store-postgres.ts';
import { createMemoryEngine } from './testing/memory-engine.ts';
import { createMemorySagaStore } from './testing/memory-store.ts';

const log = createLog({ name: 'test', level: 'silent' });
const deadline = () => AbortSignal.timeout(40_000);

/** Refuses one write, the first one that is about this event; before and after it works. */
function refusingOnce(store: SagaStore, stepId: string, kind: StepEvent['kind']): SagaStore {
  let hasRefused = false;
  return {
    ...store,
    appendEvents: (planId, drafts, epoch) => {
      if (hasRefused || !drafts.some((draft) => draft.stepId === stepId && draft.kind === kind)) {
        return store.appendEvents(planId, drafts, epoch);
      }
      hasRefused = true;
      return Promise.reject(new Error('disk full'));
    },
  };
}

/** `quick` and `slow` run side by side; the log refuses to note that `quick` has succeeded. */
async function loseTheLog(engine: DurableEngine, store: SagaStore) {
  const calls: string[] = [];
  const kind = defineStepKind<object, { id: string }>({
    kind: 'act@1',
    args: z.object({ id: z.string() }),
    run: async ({ signal }, { id }) => {
      const isFirst = !calls.includes(`run ${id}`);
      calls.push(`run ${id}`);
      signal.addEventListener('abort', () => calls.push(`abort ${id}`));
      if (isFirst) await systemClock.sleep(id === 'slow' ? 5_000 : 50, signal);
    },
    undo: (_context, { id }) => Promise.resolve(void calls.push(`undo ${id}`)),
  });
  const runner = await SagaRunner.launch(
    { engine, store: refusingOnce(store, 'quick', 'succeeded') },
    {
      stepKinds: [kind],
      makeContext: () => ({}),
      log,
      clock: systemClock,
      concurrency: 4,
    },
  );
  const step = (id: string, ...after: string[]) => ({ id, kind: kind.kind, title: id, args: { id }, after });
  const planId = newPlanId();
  await runner.start({
    planId,
    steps: [step('quick'), step('slow'), step('then', 'quick')],
    onFailure: 'undo',
  });
  const error: unknown = await runner.wait(planId, deadline()).catch((reason: unknown) => reason);
  return { runner, planId, calls, error };
}

async function resumeAfterStop({ runner, planId, calls, error }: Awaited<ReturnType<typeof loseTheLog>>) {
  expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('Resume it') });
  expect(calls).toContain('abort slow');
  const events = (await runner.events(planId)).map(({ stepId, kind }) => `${stepId} ${kind}`);
  expect(events.sort()).toEqual(['quick started', 'slow started']);
  expect(await runner.status(planId)).toBe('running');
  await runner.resume(planId);
  const status = await runner.wait(planId, deadline());
  expect(calls.filter((call) => call.startsWith('run')).sort()).toEqual([
    'run quick',
    'run quick',
    'run slow',
    'run slow',
    'run then',
  ]);
  expect(calls.some((call) => call.startsWith('undo'))).toBe(false);
  return status;
}

describe('a log write that fails stops the plan where it is, undoes nothing, and the same runner can resume', () => {
  it('with the engine in memory', async () => {
    const lost = await loseTheLog(createMemoryEngine(new Map()), createMemorySagaStore());
    expect(await resumeAfterStop(lost)).toBe('succeeded');
  });

  it('with the durable engine', async () => {
    await using database = await freshDatabase();
    await migrate(database.db, sagaMigrations);
    const engine = createDbosEngine({
      databaseUrl: database.url,
      log,
      executorId: 'local',
      applicationVersion: 'saga@1',
    });
    const lost = await loseTheLog(engine, createPostgresSagaStore(database.db, systemClock));
    try {
      // Long enough for the engine to note an end, had it been told one.
      await systemClock.sleep(200);
      const { rows } = await database.db.pool.query('select status from dbos.workflow_status');
      expect(rows).toEqual([{ status: 'PENDING' }]);
      expect(await resumeAfterStop(lost)).toBe('succeeded');
    } finally {
      await lost.runner.close();
    }
  });
});
