import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { newPlanId } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { connect, migrate, startEmbeddedPostgres, stopEmbeddedPostgres } from '@trencadis/postgres';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createSagaRunner, defineStepKind, sagaMigrations } from './index.ts';

const log = createLog({ name: 'test', level: 'silent' });
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trencadis-outage-'));
});
afterEach(async () => {
  await stopEmbeddedPostgres(directory, log);
  rmSync(directory, { recursive: true, force: true });
});

it('goes on after its database was killed and started again', { timeout: 60_000 }, async () => {
  const { url } = await startEmbeddedPostgres({ directory, log });
  await using db = connect(url);
  await migrate(db, sagaMigrations);
  const runs: string[] = [];
  const { promise: isThird, resolve: atThird } = Promise.withResolvers<void>();
  const kind = defineStepKind<object, { id: string }>({
    kind: 'act@1',
    args: z.object({ id: z.string() }),
    run: async ({ signal }, { id }) => {
      runs.push(id);
      if (id === 's2') atThird();
      await systemClock.sleep(20, signal);
    },
    undo: { because: 'nothing is made' },
  });
  const runner = await createSagaRunner({
    databaseUrl: url,
    db,
    stepKinds: [kind],
    makeContext: () => ({}),
    log,
    clock: systemClock,
    concurrency: 2,
  });
  const ids = Array.from({ length: 6 }, (_, index) => `s${index}`);
  const steps = ids.map((id, index) => ({
    id,
    kind: kind.kind,
    title: id,
    args: { id },
    after: ids.slice(Math.max(0, index - 1), index),
  }));
  const planId = newPlanId();
  try {
    await runner.start({ planId, steps, onFailure: 'undo' });
    await isThird;
    process.kill(
      Number(readFileSync(join(directory, 'data/postmaster.pid'), 'utf8').split('\n')[0]),
      'SIGKILL',
    );
    await systemClock.sleep(300);
    await startEmbeddedPostgres({ directory, log });
    expect(await runner.wait(planId, AbortSignal.timeout(30_000))).toBe('succeeded');
    expect(runs).toEqual(ids);
  } finally {
    await runner.close();
  }
});
