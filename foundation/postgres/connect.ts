import type { Log } from '@trencadis/log';
import { Kysely, PostgresDialect } from 'kysely';
import { DatabaseError, Pool, types } from 'pg';

/** A pool of connections to one database. Each package sees only the tables that it declares. */
export interface Database extends AsyncDisposable {
  readonly url: string;
  readonly pool: Pool;
  /** Queries, typed by the caller's own tables: `db.tables<{ plan: PlanRow }>().selectFrom('plan')`. */
  tables<Tables>(): Kysely<Tables>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly log?: Log;
  /** Default 10. */
  readonly maxConnections?: number;
}

/** Connects lazily: a server that is not there is found by the first query. `bigint` columns are read as numbers. */
export function connect(url: string, { log, maxConnections = 10 }: ConnectOptions = {}): Database {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser },
  });
  // The pool has dropped this idle connection already and opens another for the next query.
  pool.on('error', (error) => log?.warn({ error }, 'an idle database connection was lost'));
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= kysely.destroy());
  return {
    url,
    pool,
    tables: <Tables>() => kysely as Kysely<Tables>,
    close,
    [Symbol.asyncDispose]: close,
  };
}

const int8: number = types.builtins.INT8;
const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === int8 && format !== 'binary'
    ? parseSafeInteger
    : types.getTypeParser(oid, format)) as typeof types.getTypeParser;

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`bigint ${text} does not fit a number: read it as text.`);
  return value;
}

/** Whether a query failed because a row with that key exists (SQLSTATE 23505), optionally of one constraint. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (!(error instanceof DatabaseError) || error.code !== '23505') return false;
  return constraint === undefined || error.constraint === constraint;
}
