import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { describeServiceStore } from './conformance.ts';
import { serviceControllerMigrations } from './migrations.ts';
import { createPostgresServiceStore } from './store-postgres.ts';
import { createMemoryServiceStore } from './testing/memory-store.ts';

describeServiceStore('in memory', async () => ({
  store: createMemoryServiceStore(),
  [Symbol.asyncDispose]: async () => {},
}));

describeServiceStore('in PostgreSQL', async () => {
  const database = await freshDatabase();
  await migrate(database.db, serviceControllerMigrations);
  return {
    store: createPostgresServiceStore(database.db),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
});
