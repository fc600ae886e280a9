import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { describeInfrastructureStore } from './conformance.ts';
import { infrastructureMigrations } from './migrations.ts';
import { createPostgresInfrastructureStore } from './store-postgres.ts';
import { createMemoryInfrastructureStore } from './testing/memory-store.ts';

describeInfrastructureStore('in memory', async () => ({
  store: createMemoryInfrastructureStore(),
  [Symbol.asyncDispose]: async () => {},
}));

describeInfrastructureStore('in PostgreSQL', async () => {
  const database = await freshDatabase();
  await migrate(database.db, infrastructureMigrations);
  return {
    store: createPostgresInfrastructureStore(database.db),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
});
