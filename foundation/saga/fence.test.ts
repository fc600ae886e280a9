import { systemClock } from '@trencadis/clock';
import { newPlanId, newUuid } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { migrate } from '@trencadis/postgres';
import { type TestDatabase, freshDatabase } from '@trencadis/postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type StepGraph, defineStepKind } from './index.ts';
import { sagaMigrations } from './migrations.ts';
import { createPostgresPresence } from './presence-postgres.ts';
import { SagaRunner } from './saga-runner.ts';
import { createPostgresSagaStore } from './store-postgres.ts';
import { createMemoryEngine } from './testing/memory-engine.ts';

const log = createLog({ name: 'test', level: 'silent' });
let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await migrate(database.db, sagaMigrations);
});
afterAll(() => database[Symbol.asyncDispose]());

/** A runner as if in a process of its own. Its step `slow` ends when `letGo` is called, whatever its signal says. */
async function launchProcess({ hearsPeers }: { readonly hearsPeers: boolean }) {
  const calls: string[] = [];
  const { promise: mayEnd, resolve: letGo } = Promise.withResolvers<void>();
  const kind = defineStepKind<object, { id: string }>({
    kind: 'act@1',
    args: z.object({ id: z.string() }),
    run: async ({ signal }, { id }) => {
      calls.push(`run ${id}`);
      if (id === 'slow') {
        signal.addEventListener('abort', () => calls.push('abort slow'));
        await mayEnd;
      }
      calls.push(`end ${id}`);
    },
    undo: (_context, { id }) => Promise.resolve(void calls.push(`undo ${id}`)),
  });
  const executorId = newUuid();
  const peers = createPostgresPresence({ db: database.db, executorId, clock: systemClock, log });
  const runner = await SagaRunner.launch(
    {
      engine: createMemoryEngine(new Map()),
      store: createPostgresSagaStore(database.db, systemClock),
      ...(hearsPeers ? { presence: { executorId, peers } } : {}),
    },
    { stepKinds: [kind], makeContext: () => ({}), log, clock: systemClock, concurrency: 4 },
  );
  return { runner, calls, letGo };
}

function graph(): StepGraph {
  const step = (id: string, ...after: string[]) => ({ id, kind: 'act@1', title: id, args: { id }, after });
  return {
    planId: newPlanId(),
    steps: [step('before'), step('slow', 'before'), step('then', 'slow')],
    onFailure: 'undo',
  };
}

describe.each([{ hearsPeers: false }, { hearsPeers: true }])(
  'a run that another process took over (hears of it: $hearsPeers)',
  { timeout: 30_000 },
  ({ hearsPeers }) => {
    it('never writes again, and each end is in the log once', async () => {
      const plan = graph();
      const first = await launchProcess({ hearsPeers });
      const second = await launchProcess({ hearsPeers: false });
      try {
        await first.runner.start(plan);
        await expect.poll(() => first.calls, { timeout: 5_000 }).toContain('run slow');
        await second.runner.start(plan);
        await expect.poll(() => second.calls, { timeout: 5_000 }).toContain('run slow');
        await expect.poll(() => first.calls.includes('abort slow'), { timeout: 5_000 }).toBe(hearsPeers);
        first.letGo();
        await expect.poll(() => first.calls, { timeout: 5_000 }).toContain('end slow');
        second.letGo();
        const deadline = AbortSignal.timeout(10_000);
        const ends = await Promise.all(
          [first, second].map(({ runner }) => runner.wait(plan.planId, deadline)),
        );
        expect(ends).toEqual(['succeeded', 'succeeded']);
        expect(first.calls.filter((call) => call !== 'abort slow')).toEqual([
          'run before',
          'end before',
          'run slow',
          'end slow',
        ]);
        expect(second.calls).toEqual(['run slow', 'end slow', 'run then', 'end then']);
        const events = await second.runner.events(plan.planId);
        expect(events.map(({ stepId, kind }) => `${stepId} ${kind}`)).toEqual([
          'before started',
          'before succeeded',
          'slow started',
          'slow started',
          'slow succeeded',
          'then started',
          'then succeeded',
        ]);
      } finally {
        await first.runner.close();
        await second.runner.close();
      }
    });
  },
);
