import type { Clock } from '@trencadis/clock';
import type { Sha256 } from '@trencadis/ids';
import type { Database, Migration } from '@trencadis/postgres';
import { sql } from 'kysely';
import {
  type EarlierRequest,
  type IdempotencyStore,
  type KeptAnswer,
  type KeyedRequest,
  keyLifetimeMs,
} from './idempotency.ts';

/** Give these to `migrate` (@trencadis/postgres) before the store is used. */
export const idempotencyMigrations: Readonly<Record<string, Migration>> = {
  'http-0001-idempotency-keys': {
    up: async (db) => {
      await sql`create table idempotency_key (
        caller_id text not null,
        route text not null,
        key text not null,
        digest text not null,
        taken_at timestamptz not null,
        status int,
        body text,
        etag text,
        primary key (caller_id, route, key)
      )`.execute(db);
      await sql`create index on idempotency_key (taken_at)`.execute(db);
    },
  },
};

interface Tables {
  idempotency_key: KeyRow;
}

interface KeyRow {
  caller_id: string;
  route: string;
  key: string;
  digest: string;
  taken_at: Date;
  status: number | null;
  body: string | null;
  etag: string | null;
}

/** Keys that all processes on this database share, and that outlive them. */
export function createPostgresIdempotencyStore(db: Database, clock: Clock): IdempotencyStore {
  const tables = db.tables<Tables>();
  return {
    async take(request) {
      const now = clock.now();
      const oldest = new Date(now.getTime() - keyLifetimeMs);
      await tables.deleteFrom('idempotency_key').where('taken_at', '<=', oldest).execute();
      const row = await tables
        .insertInto('idempotency_key')
        .values({ ...nameOf(request), digest: request.digest, taken_at: now })
        // Changes nothing, and so answers the row that is there, in one statement; xmax tells it from a new one.
        .onConflict((taken) => taken.columns(['caller_id', 'route', 'key']).doUpdateSet({ key: request.key }))
        .returning(['digest', 'taken_at', 'status', 'body', 'etag', sql<boolean>`xmax = 0`.as('is_new')])
        .executeTakeFirstOrThrow();
      return row.is_new ? undefined : earlierOf(row);
    },
    async keep(request, answer) {
      const { status, body, etag = null } = answer;
      const update = tables.updateTable('idempotency_key').set({ status, body, etag });
      await update.where(isAnswerless(request)).execute();
    },
    async release(request) {
      await tables.deleteFrom('idempotency_key').where(isAnswerless(request)).execute();
    },
  };
}

function nameOf({ callerId, route, key }: KeyedRequest) {
  return { caller_id: callerId, route, key };
}

function isAnswerless({ callerId, route, key, digest }: KeyedRequest) {
  return sql<boolean>`caller_id = ${callerId} and route = ${route} and key = ${key}
    and digest = ${digest} and status is null`;
}

function earlierOf(row: Pick<KeyRow, 'digest' | 'taken_at' | 'status' | 'body' | 'etag'>): EarlierRequest {
  const earlier = { digest: row.digest as Sha256, takenAt: row.taken_at };
  if (row.status === null) return earlier;
  const etag = row.etag === null ? {} : { etag: row.etag };
  const answer: KeptAnswer = { status: row.status, body: row.body ?? '', ...etag };
  return { ...earlier, answer };
}
