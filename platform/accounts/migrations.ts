import type { Migration } from '@trencadis/postgres';
import { sql } from 'kysely';

const tables = [
  sql`
    create table account (
      name text primary key,
      groups text[] not null,
      is_admin boolean not null,
      quota jsonb,
      password_hash text,
      created_at timestamptz not null,
      disabled_at timestamptz
    )`,
  sql`
    create table access_token (
      id text primary key,
      account text not null references account (name) on delete cascade,
      name text not null,
      digest text not null unique,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      last_used_at timestamptz
    )`,
  sql`create index access_token_account on access_token (account)`,
];

/** Tables of the store on PostgreSQL. */
export const accountMigrations: Record<string, Migration> = {
  'accounts-0001-accounts-and-tokens': {
    up: async (db) => {
      for (const table of tables) await table.execute(db);
    },
  },
};
