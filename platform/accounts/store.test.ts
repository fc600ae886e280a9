import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { describeAccountStore } from './conformance.ts';
import { accountMigrations } from './migrations.ts';
import { createMemoryAccountStore } from './store-memory.ts';
import { createPostgresAccountStore } from './store-postgres.ts';

describeAccountStore('in memory', async () => ({
  store: createMemoryAccountStore(),
  [Symbol.asyncDispose]: async () => {},
}));

describeAccountStore('in PostgreSQL', async () => {
  const database = await freshDatabase();
  await migrate(database.db, accountMigrations);
  return {
    store: createPostgresAccountStore(database.db),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
});
