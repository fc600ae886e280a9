import { PlatformError } from '@trencadis/errors';
import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './connect.ts';

export type { Migration };

export interface MigrateOptions {
  /** The table that remembers what was applied; default `migration`. */
  readonly tableName?: string;
}

/**
 * Applies what is not applied yet, in the order of the names, all or nothing; processes that start together wait
 * for each other. Packages bring their own, named `<package>-NNNN-<what>`: `migrate(db, { ...sagaMigrations, ...mine })`.
 * Answers the names applied now.
 */
export async function migrate(
  db: Database,
  migrations: Readonly<Record<string, Migration>>,
  { tableName = 'migration' }: MigrateOptions = {},
): Promise<readonly string[]> {
  const migrator = new Migrator({
    db: db.tables<unknown>(),
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableName: tableName,
    migrationLockTableName: `${tableName}_lock`,
    // A package added later may bring a name that sorts before those applied already.
    allowUnorderedMigrations: true,
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) {
    const failed = results.find(({ status }) => status === 'Error')?.migrationName ?? 'unknown';
    throw new PlatformError('internal', `The database migration '${failed}' failed; nothing was changed.`, {
      subject: failed,
      cause: error,
    });
  }
  return results.map(({ migrationName }) => migrationName);
}
