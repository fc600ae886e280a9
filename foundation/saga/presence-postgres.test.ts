import { systemClock } from '@trencadis/clock';
import { newPlanId, newUuid } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { migrate } from '@trencadis/postgres';
import { type TestDatabase, freshDatabase } from '@trencadis/postgres/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSagaRunner, defineStepKind } from './index.ts';
import { sagaMigrations } from './migrations.ts';
import { lockSpace } from './presence-connection.ts';
import { createPostgresPresence } from './presence-postgres.ts';

const log = createLog({ name: 'test', level: 'silent' });
let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
  await migrate(database.db, sagaMigrations);
});
afterEach(() => database[Symbol.asyncDispose]());

const ignore = {
  onChange: () => undefined,
  onTick: () => Promise.resolve(),
  onLost: () => undefined,
  onRegained: () => Promise.resolve(),
  onPeerDied: () => Promise.resolve(),
};

function presence(executorId: string) {
  return createPostgresPresence({ db: database.db, executorId, clock: systemClock, log });
}

/** As a firewall or an operator would. */
async function cutConnectionOf(executorId: string): Promise<void> {
  const text = `select pg_terminate_backend(pid) from pg_locks where ${isItsLock} and granted`;
  const { rowCount } = await database.db.pool.query(text, [lockSpace, executorId]);
  expect(rowCount).toBe(1);
}

const isItsLock = `locktype = 'advisory' and classid = $1 and objid = hashtext($2)::bigint::bit(32)::bigint`;

/** As another process of that name: who waits for a lock has it once it is free, before any who come then. */
async function lineUpAs(executorId: string) {
  const other = await database.db.pool.connect();
  const held = other.query('select pg_advisory_lock($1, hashtext($2))', [lockSpace, executorId]);
  const text = `select from pg_locks where ${isItsLock} and not granted`;
  const queue = async () => (await database.db.pool.query(text, [lockSpace, executorId])).rowCount;
  await expect.poll(queue).toBe(1);
  return { held, release: () => other.release(true) };
}

/** A plan of one step that takes a second and notes how often it ran and was aborted. */
async function startPlan(executorId: string) {
  const calls: string[] = [];
  const kind = defineStepKind<object, object>({
    kind: 'take-a-while@1',
    args: z.object({}),
    run: async ({ signal }) => {
      calls.push('run');
      signal.addEventListener('abort', () => calls.push('abort'));
      await systemClock.sleep(calls.length === 1 ? 4_000 : 10, signal);
    },
    undo: { because: 'nothing is made' },
  });
  const runner = await createSagaRunner({
    databaseUrl: database.url,
    db: database.db,
    executorId,
    stepKinds: [kind],
    makeContext: () => ({}),
    log,
    clock: systemClock,
    concurrency: 4,
  });
  const planId = newPlanId();
  const steps = [{ id: 'a', kind: kind.kind, title: 'a', args: {}, after: [] }];
  await runner.start({ planId, steps, onFailure: 'undo' });
  await expect.poll(() => calls, { timeout: 5_000 }).toEqual(['run']);
  return { runner, planId, calls };
}

describe('presence', { timeout: 30_000 }, () => {
  it('refuses a second process of the same name', async () => {
    const one = presence('same');
    const other = presence('same');
    await one.join(ignore);
    await expect(other.join(ignore)).rejects.toMatchObject({ code: 'conflict' });
    await one.leave();
  });

  it('reports each dead peer to one of the others', async () => {
    await database.db.pool.query("insert into saga_executor values ('dead')");
    const died: string[] = [];
    const handlers = { ...ignore, onPeerDied: async (id: string) => void died.push(id) };
    const others = [presence(newUuid()), presence(newUuid())];
    for (const other of others) await other.join(handlers);
    await Promise.all(others.map((other) => other.watch()));
    await systemClock.sleep(1_200);
    for (const other of others) await other.leave();
    expect(died.filter((id) => id === 'dead')).toEqual(['dead']);
    expect(died.filter((id) => id !== 'dead' && id !== 'local')).toEqual([]);
  });

  it('goes on as if nothing had been when its connection was cut for a moment', async () => {
    const executorId = newUuid();
    const { runner, planId, calls } = await startPlan(executorId);
    try {
      await cutConnectionOf(executorId);
      expect(await runner.wait(planId, AbortSignal.timeout(15_000))).toBe('succeeded');
      expect(calls).toEqual(['run']);
    } finally {
      await runner.close();
    }
  });

  it('halts what runs when it cannot come back, and goes on when it can', async () => {
    const executorId = newUuid();
    const { runner, planId, calls } = await startPlan(executorId);
    try {
      const other = await lineUpAs(executorId);
      await cutConnectionOf(executorId);
      await other.held;
      await expect.poll(() => calls, { timeout: 5_000 }).toEqual(['run', 'abort']);
      other.release();
      expect(await runner.wait(planId, AbortSignal.timeout(15_000))).toBe('succeeded');
      expect(calls).toEqual(['run', 'abort', 'run']);
      const events = (await runner.events(planId)).map(({ kind }) => kind);
      expect(events).toEqual(['started', 'started', 'succeeded']);
    } finally {
      await runner.close();
    }
  });
});
