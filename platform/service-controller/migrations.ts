import type { Migration } from '@trencadis/postgres';
import { sql } from 'kysely';

const tables = [
  sql`
    create table service_group (
      infrastructure_id text not null,
      service_id text not null,
      version bigint not null,
      state jsonb not null,
      plan_id text,
      outcome jsonb,
      view jsonb,
      refresh_before double precision,
      document_digest text,
      primary key (infrastructure_id, service_id)
    )`,
  // Changed often: room in each page, so that a new version of a row stays in the page of the old one.
  sql`alter table service_group set (fillfactor = 50)`,
  sql`
    create table service_evaluation (
      infrastructure_id text not null,
      service_id text not null,
      at double precision not null,
      is_decision boolean not null,
      content bytea not null,
      foreign key (infrastructure_id, service_id) references service_group on delete cascade
    )`,
  sql`create index service_evaluation_of on service_evaluation (infrastructure_id, service_id, at)`,
  sql`
    create table service_event (
      sequence bigint generated always as identity primary key,
      infrastructure_id text not null,
      service_id text not null,
      content jsonb not null,
      foreign key (infrastructure_id, service_id) references service_group on delete cascade
    )`,
  sql`create index service_event_of on service_event (infrastructure_id, service_id, sequence)`,
];

/** Tables of the store on PostgreSQL. */
export const serviceControllerMigrations: Record<string, Migration> = {
  'service-controller-0001-groups-evaluations-and-events': {
    up: async (db) => {
      for (const table of tables) await table.execute(db);
    },
  },
};
