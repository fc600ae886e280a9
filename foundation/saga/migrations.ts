import type { Migration } from '@trencadis/postgres';
import { sql } from 'kysely';

/** Give these to `migrate` (@trencadis/postgres) before a runner is made. */
export const sagaMigrations: Readonly<Record<string, Migration>> = {
  'saga-0001-plans-and-events': {
    up: async (db) => {
      await sql`create table saga_plan (
        plan_id text primary key,
        graph jsonb not null,
        created_at timestamptz not null default now()
      )`.execute(db);
      await sql`create table saga_event (
        plan_id text not null references saga_plan,
        sequence bigint not null,
        step_id text not null,
        kind text not null,
        at timestamptz not null,
        text text,
        error_code text,
        primary key (plan_id, sequence)
      )`.execute(db);
    },
  },
};
