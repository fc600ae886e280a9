import type { Database } from '@trencadis/postgres';
import { createDbosEngine } from './dbos-engine.ts';
import { SagaRunner, type SagaRunnerOptions } from './saga-runner.ts';
import { createPostgresSagaStore } from './store-postgres.ts';

export interface CreateSagaRunnerOptions<Context> extends SagaRunnerOptions<Context> {
  /** The engine keeps its checkpoints there, in a schema of its own. */
  readonly databaseUrl: string;
  /** The same database, with `sagaMigrations` applied. */
  readonly db: Database;
  /** Default `local`. Two processes that run at the same time need two. */
  readonly executorId?: string;
  /** Default `saga@1`; work of another version stays untouched. */
  readonly applicationVersion?: string;
}

/** A runner on the durable engine. One a process. */
export async function createSagaRunner<Context>(
  options: CreateSagaRunnerOptions<Context>,
): Promise<SagaRunner<Context>> {
  const { databaseUrl, db, log, clock, executorId = 'local', applicationVersion = 'saga@1' } = options;
  const engine = createDbosEngine({ databaseUrl, log, executorId, applicationVersion });
  return SagaRunner.launch(engine, createPostgresSagaStore(db, clock), options);
}
