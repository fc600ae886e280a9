import type { Migration } from '@trencadis/postgres';
import { sql } from 'kysely';

const statements = [
  sql`
    create table audit_entry (
      sequence bigint generated always as identity primary key,
      at timestamptz not null,
      actor text not null,
      act text not null,
      subject_kind text not null,
      subject_id text not null,
      owner text not null,
      outcome text not null,
      request_id text,
      detail jsonb not null
    )`,
  sql`create index audit_entry_subject on audit_entry (subject_kind, subject_id, sequence)`,
  sql`create index audit_entry_owner on audit_entry (owner, sequence)`,
  sql`create index audit_entry_actor on audit_entry (actor, sequence)`,
  sql`
    create function refuse_audit_change() returns trigger language plpgsql as
      $$ begin raise exception 'the audit log is only added to'; end $$`,
  sql`
    create trigger audit_entry_is_append_only before update or delete or truncate on audit_entry
      for each statement execute function refuse_audit_change()`,
];

/** The table of the log on PostgreSQL, which itself refuses to change or remove an entry. */
export const auditMigrations: Record<string, Migration> = {
  'audit-0001-entries': {
    up: async (db) => {
      for (const statement of statements) await statement.execute(db);
    },
  },
};
