import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { expect, it } from 'vitest';
import { describeServiceStore } from './conformance.ts';
import { serviceRepositoryMigrations } from './migrations.ts';
import { createPostgresServiceStore } from './store-postgres.ts';
import { createMemoryServiceStore } from './store.ts';

describeServiceStore('in memory', async () => ({
  store: createMemoryServiceStore(),
  [Symbol.asyncDispose]: async () => {},
}));

describeServiceStore('in PostgreSQL', async () => {
  const database = await freshDatabase();
  await migrate(database.db, serviceRepositoryMigrations);
  return {
    store: createPostgresServiceStore(database.db),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
});

it('names a stored description that cannot be read', async () => {
  await using database = await freshDatabase();
  await migrate(database.db, serviceRepositoryMigrations);
  await database.db.pool.query(
    `insert into service_repository_versions values ('broken', '1.0.0', '{}', repeat('0', 64), now())`,
  );
  await expect(createPostgresServiceStore(database.db).list()).rejects.toMatchObject({
    code: 'internal',
    subject: 'broken 1.0.0',
  });
});
