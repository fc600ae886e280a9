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
  'saga-0002-runs-of-several-processes': {
    up: async (db) => {
      await sql`alter table saga_plan
        add column epoch bigint not null default 0,
        add column last_sequence bigint not null default 0`.execute(db);
      await sql`update saga_plan set
        epoch = (select count(*) from (
          select from saga_event where plan_id = saga_plan.plan_id and step_id <> '*' limit 1) as begun),
        last_sequence = (select coalesce(max(sequence), 0) from saga_event
          where plan_id = saga_plan.plan_id)`.execute(db);
      await sql`create index saga_plan_unbegun on saga_plan (created_at) where epoch = 0`.execute(db);
      await sql`create table saga_executor (executor_id text primary key)`.execute(db);
      // Until now there was one process, of this name: what it left unfinished is adopted like that of any other.
      await sql`insert into saga_executor values ('local')`.execute(db);
    },
  },
};
