import type { Migration } from '@trencadis/postgres';

/** The catalog's own tables, for the platform's one Migrator. */
export const imageCatalogMigrations: Record<string, Migration> = {
  'image-catalog-0001-vmis': {
    up: async (db) => {
      await db.schema
        .createTable('image_catalog_vmis')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('vmi', 'jsonb', (column) => column.notNull())
        .execute();
    },
    down: async (db) => {
      await db.schema.dropTable('image_catalog_vmis').execute();
    },
  },
};
