import { migrate } from '@trencadis/postgres';
import { freshDatabase } from '@trencadis/postgres/testing';
import { brandId } from '@trencadis/ids';
import { expect, it } from 'vitest';
import { describeCatalogStore } from './conformance.ts';
import { imageCatalogMigrations } from './migrations.ts';
import { createMemoryCatalogStore } from './store-memory.ts';
import { createPostgresCatalogStore } from './store-postgres.ts';
import { paperVmi } from './testing/table-1.ts';

describeCatalogStore('in memory', async () => ({
  store: createMemoryCatalogStore(),
  [Symbol.asyncDispose]: async () => {},
}));

describeCatalogStore('in PostgreSQL', async () => {
  const database = await freshDatabase();
  await migrate(database.db, imageCatalogMigrations);
  return {
    store: createPostgresCatalogStore(database.db),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
});

it('keeps the images of the first schema, as the operator’s, for all to see', async () => {
  await using database = await freshDatabase();
  const [[firstName, first]] = Object.entries(imageCatalogMigrations) as [
    [string, (typeof imageCatalogMigrations)[string]],
  ];
  await migrate(database.db, { [firstName]: first });
  const vmi = paperVmi('base-toolkits', 'Base Toolkits', [{ name: 'ant', version: '1.8.2' }]);
  const tables = database.db.tables<{ image_catalog_vmis: { id: string; vmi: string } }>();
  await tables
    .insertInto('image_catalog_vmis')
    .values({ id: vmi.id, vmi: JSON.stringify(vmi) })
    .execute();
  await migrate(database.db, imageCatalogMigrations);
  const store = createPostgresCatalogStore(database.db);
  const record = await store.find(brandId('VmiId', 'base-toolkits'));
  expect(record?.image).toMatchObject({ name: 'Base Toolkits', owner: 'operator', acl: { search: 'all' } });
  expect(record?.versions).toMatchObject([{ number: 1, state: 'active', artifacts: vmi.artifacts }]);
  for await (const [change] of store.offersSince(0)) {
    expect(JSON.parse(change?.offers ?? '')).toMatchObject([{ vmi, isDefault: true }]);
  }
  expect(await store.withArtifact(vmi.artifacts[0]!.digest)).toHaveLength(1);
});
