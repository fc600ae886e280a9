import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { expect, it } from 'vitest';
import { describeImageStore } from './conformance.ts';
import { imageCatalogMigrations } from './migrations.ts';
import { createPostgresImageStore } from './store-postgres.ts';
import { createMemoryImageStore } from './store.ts';

describeImageStore('in memory', async () => ({
  store: createMemoryImageStore(),
  [Symbol.asyncDispose]: async () => {},
}));

describeImageStore('in PostgreSQL', async () => {
  const database = await freshDatabase();
  await migrate(database.db, imageCatalogMigrations);
  return {
    store: createPostgresImageStore(database.db),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
});

it('names a stored image that cannot be read', async () => {
  await using database = await freshDatabase();
  await migrate(database.db, imageCatalogMigrations);
  const tables = database.db.tables<{ image_catalog_vmis: { id: string; vmi: string } }>();
  await tables.insertInto('image_catalog_vmis').values({ id: 'broken', vmi: '{"id":"broken"}' }).execute();
  await expect(createPostgresImageStore(database.db).list()).rejects.toMatchObject({
    code: 'internal',
    subject: 'broken',
  });
});
