import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import type { ServiceVersion } from './model.ts';
import { serviceDescriptionSchema } from './service-schema.ts';
import { type ServiceStore, compareServices } from './store.ts';

interface Tables {
  readonly service_repository_versions: Row;
}

interface Row {
  readonly name: string;
  readonly version: string;
  readonly description: unknown;
  readonly digest: string;
  readonly registered_at: Date;
}

/** A {@link ServiceStore} in the tables that `serviceRepositoryMigrations` make. Database errors come through as they are. */
export function createPostgresServiceStore(database: Database): ServiceStore {
  const db = database.tables<Tables>();
  const all = db.selectFrom('service_repository_versions').selectAll();
  return {
    list: async () => inOrder(await all.execute()),
    listVersions: async (name) => inOrder(await all.where('name', '=', name).execute()),
    insert: async (version) => {
      const { digest, registeredAt, ...description } = version;
      const { name, version: number } = version;
      await db
        .insertInto('service_repository_versions')
        .values({
          name,
          version: number,
          description: JSON.stringify(description),
          digest,
          registered_at: registeredAt,
        })
        .onConflict((conflict) => conflict.columns(['name', 'version']).doNothing())
        .execute();
      const kept = await all.where('name', '=', name).where('version', '=', number).executeTakeFirst();
      // Removed by another in between: what was asked for did happen.
      return kept === undefined ? version : parseRow(kept);
    },
    remove: async (name, version) => {
      const { numDeletedRows } = await db
        .deleteFrom('service_repository_versions')
        .where('name', '=', name)
        .where('version', '=', version)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

function inOrder(rows: readonly Row[]): readonly ServiceVersion[] {
  return rows.map(parseRow).toSorted(compareServices);
}

function parseRow({ name, version, description, digest, registered_at: registeredAt }: Row): ServiceVersion {
  const result = serviceDescriptionSchema.safeParse(description);
  if (result.success) return { ...result.data, digest: brandId('Sha256', digest), registeredAt };
  const subject = `${name} ${version}`;
  throw new PlatformError(
    'internal',
    `The stored service description ${subject} cannot be read; remove it and register it again.`,
    { subject, details: { issues: result.error.issues }, cause: result.error },
  );
}
