import { PlatformError } from '@trencadis/errors';
import { systemClock } from '@trencadis/clock';
import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { expect, it } from 'vitest';
import { audited } from './audited.ts';
import { describeAuditLog } from './conformance.ts';
import { createMemoryAuditLog } from './log-memory.ts';
import { createPostgresAuditLog } from './log-postgres.ts';
import { auditMigrations } from './migrations.ts';
import { auditHandlers } from './routes.ts';

describeAuditLog('in memory', async (clock) => ({
  log: createMemoryAuditLog(clock),
  [Symbol.asyncDispose]: async () => {},
}));

describeAuditLog('in PostgreSQL', async (clock) => {
  const database = await freshDatabase();
  await migrate(database.db, auditMigrations);
  return {
    log: createPostgresAuditLog(database.db, clock),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
});

const act = { by: { owner: 'ana' }, act: 'x.y', subject: { kind: 'x', id: 'a/b' }, owner: 'ana' };

it.each(['update audit_entry set actor = $$eva$$', 'delete from audit_entry', 'truncate audit_entry'])(
  'is only added to: %s is refused by the database',
  async (statement) => {
    await using database = await freshDatabase();
    await migrate(database.db, auditMigrations);
    const log = createPostgresAuditLog(database.db, systemClock);
    await log.write(act, 'done');
    await expect(database.db.pool.query(statement)).rejects.toThrow('only added to');
    expect(await log.list({ limit: 10 })).toMatchObject([{ actor: 'ana' }]);
  },
);

it('writes down how an act ended, and passes its answer or error on', async () => {
  const log = createMemoryAuditLog(systemClock);
  expect(await audited(log, act, async () => 7)).toBe(7);
  const refuse = () => Promise.reject(new PlatformError('conflict', 'no'));
  await expect(audited(log, act, refuse)).rejects.toMatchObject({ code: 'conflict' });
  await expect(audited(log, act, () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
  const outcomes = (await log.list({ limit: 10 })).map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['done', 'conflict', 'internal']);
});

it('shows admins everything and others what is theirs', async () => {
  const log = createMemoryAuditLog(systemClock);
  await log.write(act, 'done');
  await log.write({ ...act, owner: 'eva' }, 'done');
  const { listAudit } = auditHandlers(log);
  const read = async (owner: string, isAdmin: boolean) => {
    const request = { params: undefined, body: undefined, requestId: 'r', signal: AbortSignal.timeout(1000) };
    const query = { limit: 10, subject: 'x/a/b' };
    const { entries } = await listAudit({ ...request, query, caller: { owner, isAdmin } });
    return entries.map((entry) => entry.owner);
  };
  expect(await read('root', true)).toEqual(['ana', 'eva']);
  expect(await read('eva', false)).toEqual(['eva']);
  expect(await read('nobody', false)).toEqual([]);
});
