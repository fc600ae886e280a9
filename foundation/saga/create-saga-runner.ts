import { newUuid } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import { createDbosEngine } from './dbos-engine.ts';
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
  const engine = createDbosEngine({ databaseUrl, log, executorId, applicationVersion });
  const store = createPostgresSagaStore(db, clock);
  const peers = createPostgresPresence({ db, executorId, clock, log });
  return SagaRunner.launch({ engine, store, presence: { executorId, peers } }, options);
}
