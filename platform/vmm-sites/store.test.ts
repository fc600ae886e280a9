import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { describeSiteStore } from './conformance.ts';
import { vmmSiteMigrations } from './migrations.ts';
import { createPostgresSiteStore } from './store-postgres.ts';
import { createMemorySiteStore } from './store.ts';

describeSiteStore('in memory', async () => ({
  store: createMemorySiteStore(),
  [Symbol.asyncDispose]: async () => {},
}));

describeSiteStore('in PostgreSQL', async () => {
  const database = await freshDatabase();
  await migrate(database.db, vmmSiteMigrations);
  return {
    store: createPostgresSiteStore(database.db),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
});
