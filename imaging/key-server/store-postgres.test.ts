import { createServer } from 'node:net';
import { connect } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { newUuid } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { describeKeyStore } from './conformance.ts';
import { createPostgresKeyStore } from './index.ts';
import type { AuditEvent } from './model.ts';
import { exampleRecord } from './testing/fixtures.ts';
import { freshKeyDatabase, readDatabaseDefinition } from './testing/key-database.ts';

interface AuditRow {
  at: Date;
  subject: string;
  issuer: string;
  operation: AuditEvent['operation'];
  eouid: NonNullable<AuditEvent['eouid']> | null;
  ontologies: number[];
  decision: AuditEvent['decision'];
  request_id: string;
}

describeKeyStore('postgres', async () => {
  const database = await freshKeyDatabase();
  return {
    store: createPostgresKeyStore(database.db),
    auditEvents: async () => {
      const { rows } = await database.db.pool.query<AuditRow>('select * from audit_events order by sequence');
      return rows.map(({ at, subject, issuer, operation, eouid, ontologies, decision, request_id }) => ({
        at,
        subject,
        issuer,
        operation,
        ontologies,
        decision,
        requestId: request_id,
        ...(eouid === null ? {} : { eouid }),
      }));
    },
    [Symbol.asyncDispose]: async () => await database[Symbol.asyncDispose](),
  };
});

describe('database.sql', () => {
  it('may be applied again, and keeps what is there', async () => {
    await using database = await freshKeyDatabase();
    const store = createPostgresKeyStore(database.db);
    const record = exampleRecord();
    await store.transaction((tx) => tx.insertShare(record));
    await database.db.pool.query(await readDatabaseDefinition());
    expect(await store.transaction((tx) => tx.findShare(record.eouid))).toEqual(record);
  });

  it('lets nobody change or remove an audit entry', async () => {
    await using database = await freshKeyDatabase();
    const { pool } = database.db;
    await pool.query(`insert into audit_events (at, subject, issuer, operation, ontologies, decision, request_id)
      values (now(), 'ada', 'vo', 'key.read', '{5}', 'allowed', 'r')`);
    for (const change of [
      "update audit_events set subject = 'eve'",
      'delete from audit_events',
      'truncate audit_events',
    ]) {
      await expect(pool.query(change)).rejects.toThrow(/append-only/);
    }
  });

  it('applied by an administrator, serves a login that owns the database and may only use the tables', async () => {
    await using database = await freshDatabase();
    const { pool } = database.db;
    const login = `service_${newUuid().replaceAll('-', '')}`;
    const name = new URL(database.url).pathname.slice(1);
    await pool.query(`create role ${login} login password 'only-in-this-test'`);
    await pool.query(`alter database ${name} owner to ${login}`);
    await pool.query(await readDatabaseDefinition());
    const url = new URL(database.url);
    url.username = login;
    url.password = 'only-in-this-test';
    const service = connect(url.href);
    const store = createPostgresKeyStore(service);
    await expect(store.checkReady()).resolves.toBeUndefined();
    expect(await store.transaction((tx) => tx.insertShare(exampleRecord()))).toBe(true);
    await expect(service.pool.query('select * from audit_events')).rejects.toThrow(/permission denied/);
    await expect(service.pool.query('alter table audit_events disable trigger all')).rejects.toThrow(
      /must be owner/,
    );
    await service.close();
    await pool.query(`alter database ${name} owner to current_user`);
    await pool.query(`drop owned by ${login}`);
    await pool.query(`drop role ${login}`);
  });
});

describe('a store that cannot work', () => {
  it('says that the tables are missing', async () => {
    await using database = await freshDatabase();
    const store = createPostgresKeyStore(database.db);
    await expect(store.checkReady()).rejects.toMatchObject({
      code: 'unavailable',
      message: /apply database.sql/,
    });
  });

  it('says that the login is refused, and that nobody answers', async () => {
    await using database = await freshDatabase();
    const url = new URL(database.url);
    url.pathname = 'no_such_database';
    await using wrong = connect(url.href);
    await expect(createPostgresKeyStore(wrong).checkReady()).rejects.toMatchObject({
      code: 'unavailable',
      message: /refuses the login/,
    });
    const rude = createServer((socket) => socket.destroy());
    await new Promise<void>((done) => rude.listen(0, '127.0.0.1', done));
    const address = rude.address();
    url.port = String(typeof address === 'object' ? address?.port : 0);
    await using gone = connect(url.href);
    await expect(createPostgresKeyStore(gone).checkReady()).rejects.toMatchObject({
      code: 'unavailable',
      message: /cannot be reached/,
    });
    rude.close();
  });
});
