import type { Migration } from '@trencadis/postgres';
import { sql } from 'kysely';

const table = sql`
  create table vmm_site (
    key text primary key,
    name text not null,
    product text not null,
    endpoint text,
    owner text not null,
    groups text[],
    price jsonb,
    created_at timestamptz not null,
    sealed_credentials text not null,
    version text not null
  )`;

/** The table of the store on PostgreSQL. */
export const vmmSiteMigrations: Record<string, Migration> = {
  'vmm-sites-0001-sites': {
    up: async (db) => {
      await table.execute(db);
    },
  },
};
