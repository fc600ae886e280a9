import { PlatformError } from '@trencadis/errors';
import type { VmiId } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import { compareTexts } from './compare-versions.ts';
import type { Vmi } from './model.ts';
import type { ImageStore } from './store.ts';
import { vmiSchema } from './vmi-schema.ts';

interface Tables {
  readonly image_catalog_vmis: Row;
}

interface Row {
  readonly id: string;
  readonly vmi: unknown;
}

/** An {@link ImageStore} in the tables that `imageCatalogMigrations` make. Database errors come through as they are. */
export function createPostgresImageStore(database: Database): ImageStore {
  const db = database.tables<Tables>();
  return {
    list: async () => {
      const rows = await db.selectFrom('image_catalog_vmis').selectAll().execute();
      return rows.map(parseRow).toSorted((a, b) => compareTexts(a.id, b.id));
    },
    find: async (id) => {
      const query = db.selectFrom('image_catalog_vmis').selectAll().where('id', '=', id);
      const row = await query.executeTakeFirst();
      return row === undefined ? undefined : parseRow(row);
    },
    put: async (vmi) => {
      const row = { id: vmi.id, vmi: JSON.stringify(vmi) };
      await db
        .insertInto('image_catalog_vmis')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ vmi: row.vmi }))
        .execute();
    },
    remove: async (id: VmiId) => {
      await db.deleteFrom('image_catalog_vmis').where('id', '=', id).execute();
    },
  };
}

function parseRow(row: Row): Vmi {
  const result = vmiSchema.safeParse(row.vmi);
  if (result.success) return result.data;
  throw new PlatformError(
    'internal',
    `The catalog's stored image '${row.id}' cannot be read; put it again from its vmi.json.`,
    { subject: row.id, details: { issues: result.error.issues }, cause: result.error },
  );
}
