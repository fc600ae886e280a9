import type { Database } from '@trencadis/postgres';
import type { VmPrice } from '@trencadis/vmm';
import type { JSONColumnType, Selectable } from 'kysely';
import type { SiteStore, StoredSite } from './store.ts';

interface Tables {
  vmm_site: {
    key: string;
    name: string;
    product: string;
    endpoint: string | null;
    owner: string;
    groups: string[] | null;
    price: JSONColumnType<VmPrice> | null;
    created_at: Date;
    sealed_credentials: string;
    version: string;
  };
}

/** The store on PostgreSQL; several processes may share it. */
export function createPostgresSiteStore(database: Database): SiteStore {
  const db = database.tables<Tables>();
  const select = () => db.selectFrom('vmm_site').selectAll();
  return {
    list: async () => (await select().orderBy('created_at').orderBy('key').execute()).map(siteOf),
    find: async (key) => {
      const row = await select().where('key', '=', key).executeTakeFirst();
      return row && siteOf(row);
    },
    put: async (site) => {
      const row = rowOf(site);
      const { key: _, created_at: __, ...changes } = row;
      await db
        .insertInto('vmm_site')
        .values(row)
        .onConflict((conflict) => conflict.column('key').doUpdateSet(changes))
        .execute();
    },
    remove: async (key) => {
      const { numDeletedRows } = await db.deleteFrom('vmm_site').where('key', '=', key).executeTakeFirst();
      return numDeletedRows === 1n;
    },
  };
}

function rowOf({ key, name, product, endpoint, owner, groups, price, ...site }: StoredSite) {
  return {
    key,
    name,
    product,
    endpoint: endpoint ?? null,
    owner,
    groups: groups === undefined ? null : [...groups],
    price: price === undefined ? null : JSON.stringify(price),
    created_at: site.createdAt,
    sealed_credentials: site.sealedCredentials,
    version: site.version,
  };
}

function siteOf(row: Selectable<Tables['vmm_site']>): StoredSite {
  const { key, name, product, owner, version } = row;
  return {
    key,
    name,
    product,
    owner,
    version,
    createdAt: row.created_at,
    sealedCredentials: row.sealed_credentials,
    ...(row.endpoint === null ? {} : { endpoint: row.endpoint }),
    ...(row.groups === null ? {} : { groups: row.groups }),
    ...(row.price === null ? {} : { price: row.price }),
  };
}
