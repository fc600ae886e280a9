import type { Migration } from '@trencadis/postgres';
import { sql } from 'kysely';

const tables = [
  sql`
    create table infrastructure (
      id text primary key,
      name text not null,
      owner text not null,
      radl text not null,
      dialect text not null,
      parameters jsonb not null,
      created_at timestamptz not null,
      is_destroy_requested boolean not null default false,
      destroyed_at timestamptz,
      active_plan_id text
    )`,
  sql`
    create unique index infrastructure_live_name on infrastructure (owner, name) where destroyed_at is null`,
  sql`
    create table infrastructure_plan (
      id text primary key,
      infrastructure_id text not null references infrastructure (id),
      kind text not null,
      document jsonb not null,
      steps jsonb not null,
      images jsonb not null,
      created_at timestamptz not null
    )`,
  sql`
    create table configured_vm (
      infrastructure_id text not null references infrastructure (id),
      vm_name text not null,
      digest text not null,
      primary key (infrastructure_id, vm_name)
    )`,
  sql`
    create table infrastructure_secret (
      infrastructure_id text not null references infrastructure (id),
      name text not null,
      sealed text not null,
      primary key (infrastructure_id, name)
    )`,
];

/** Tables of the store on PostgreSQL. */
export const infrastructureMigrations: Record<string, Migration> = {
  'infrastructure-0001-infrastructures-and-plans': {
    up: async (db) => {
      for (const table of tables) await table.execute(db);
    },
  },
};
