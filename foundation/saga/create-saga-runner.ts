import type { Clock } from '@trencadis/clock';
import { newUuid } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import { createDbosEngine } from './dbos-engine.ts';
import type { DurableEngine } from './durable-engine.ts';
import { lockSpace } from './presence-connection.ts';
import { createPostgresPresence } from './presence-postgres.ts';
import { SagaRunner, type SagaRunnerOptions } from './saga-runner.ts';
import { createPostgresSagaStore } from './store-postgres.ts';

export interface CreateSagaRunnerOptions<Context> extends SagaRunnerOptions<Context> {
  /** The engine keeps its workflows there, in a schema of its own. */
  readonly databaseUrl: string;
  /** The same database, with `sagaMigrations` applied; one of its connections is kept until `close`. */
  readonly db: Database;
  /** Default: a new one for each start of a process. No two processes that run may have the same. */
  readonly executorId?: string;
  /** Default `saga@1`; work of another version stays untouched. */
  readonly applicationVersion?: string;
}

/** A runner on the durable engine. One a process; any number of processes on one database share the work. */
export async function createSagaRunner<Context>(
  options: CreateSagaRunnerOptions<Context>,
): Promise<SagaRunner<Context>> {
  const { databaseUrl, db, log, clock, executorId = newUuid(), applicationVersion = 'saga@1' } = options;
  const dbos = createDbosEngine({ databaseUrl, log, executorId, applicationVersion });
  const engine: DurableEngine = {
    ...dbos,
    launch: (workflow) => oneAtATime(db, clock, () => dbos.launch(workflow)),
  };
  const store = createPostgresSagaStore(db, clock);
  const peers = createPostgresPresence({ db, executorId, clock, log });
  return SagaRunner.launch({ engine, store, presence: { executorId, peers } }, options);
}

const launchEveryMs = 50;

/**
 * The engine makes its tables at launch, and fails when two processes do that at the same time. Asked again and again
 * because it builds indexes concurrently, which would wait for the statement of whoever waits in the database.
 */
async function oneAtATime(db: Database, clock: Clock, launch: () => Promise<void>): Promise<void> {
  const client = await db.pool.connect();
  try {
    const tryLock = async () => {
      const text = 'select pg_try_advisory_lock($1, 0) as is_held';
      const { rows } = await client.query<{ is_held: boolean }>(text, [lockSpace]);
      return rows[0]?.is_held === true;
    };
    while (!(await tryLock())) await clock.sleep(launchEveryMs);
    await launch();
  } finally {
    // Closes the connection, and with it the lock.
    client.release(true);
  }
}
