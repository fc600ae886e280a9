import type { Clock } from '@trencadis/clock';
import type { Database } from '@trencadis/postgres';
import type { ColumnType, Generated, Kysely, SelectQueryBuilder, Selectable } from 'kysely';
import type { AuditDetail, AuditEntry, AuditLog, AuditOutcome, AuditQuery } from './model.ts';

interface Tables {
  audit_entry: {
    sequence: Generated<number>;
    at: Date;
    actor: string;
    act: string;
    subject_kind: string;
    subject_id: string;
    owner: string;
    outcome: AuditOutcome;
    request_id: string | null;
    detail: ColumnType<AuditDetail, string, never>;
  };
}

type Row = Selectable<Tables['audit_entry']>;

/** The log on PostgreSQL; several processes may share it. */
export function createPostgresAuditLog(database: Database, clock: Clock): AuditLog {
  const db = database.tables<Tables>();
  return {
    write: async ({ by, act, subject, owner, detail = {} }, outcome) => {
      const row = {
        at: clock.now(),
        actor: by.owner,
        act,
        subject_kind: subject.kind,
        subject_id: subject.id,
        owner,
        outcome,
        request_id: by.requestId ?? null,
        detail: JSON.stringify(detail),
      };
      await db.insertInto('audit_entry').values(row).execute();
    },
    list: async (query) => {
      const { after, limit } = query;
      const order = after === undefined ? 'desc' : 'asc';
      const rows = await select(db, query).orderBy('sequence', order).limit(limit).execute();
      return (after === undefined ? rows.toReversed() : rows).map(fromRow);
    },
  };
}

function select(
  db: Kysely<Tables>,
  { subject, actor, owner, since, after }: AuditQuery,
): SelectQueryBuilder<Tables, 'audit_entry', Row> {
  let rows = db.selectFrom('audit_entry').selectAll();
  if (subject !== undefined) {
    rows = rows.where('subject_kind', '=', subject.kind).where('subject_id', '=', subject.id);
  }
  if (actor !== undefined) rows = rows.where('actor', '=', actor);
  if (owner !== undefined) rows = rows.where('owner', '=', owner);
  if (since !== undefined) rows = rows.where('at', '>=', since);
  if (after !== undefined) rows = rows.where('sequence', '>', after);
  return rows;
}

function fromRow(row: Row): AuditEntry {
  const { sequence, at, actor, act, owner, outcome, request_id: requestId, detail } = row;
  const subject = { kind: row.subject_kind, id: row.subject_id };
  const request = requestId === null ? {} : { requestId };
  return { sequence, at, actor, act, subject, owner, outcome, detail, ...request };
}
