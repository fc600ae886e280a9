import type { Migration } from '@trencadis/postgres';

/** The repository's own tables, for the platform's one Migrator. */
export const serviceRepositoryMigrations: Record<string, Migration> = {
  'service-repository-0001-versions': {
    up: async (db) => {
      await db.schema
        .createTable('service_repository_versions')
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('version', 'text', (column) => column.notNull())
        .addColumn('description', 'jsonb', (column) => column.notNull())
        .addColumn('digest', 'text', (column) => column.notNull())
        .addColumn('registered_at', 'timestamptz', (column) => column.notNull())
        .addPrimaryKeyConstraint('service_repository_versions_pkey', ['name', 'version'])
        .execute();
    },
    down: async (db) => {
      await db.schema.dropTable('service_repository_versions').execute();
    },
  },
};
