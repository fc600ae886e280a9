import { brandId } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import { type ColumnType, type Kysely, type Selectable, sql } from 'kysely';
import type { GroupKey } from './fleet.ts';
import { type GroupRecord, keyOf } from './group-record.ts';
import { postgresGroupHistory } from './history-postgres.ts';
import { readyNotes } from './notes-postgres.ts';
import type { Notes, ServiceStore } from './store.ts';

type Json<Value> = ColumnType<Value, string, string>;

interface Tables {
  service_group: {
    infrastructure_id: string;
    service_id: string;
    version: number;
    state: Json<GroupRecord['state']>;
    plan_id: string | null;
    outcome: Json<GroupRecord['outcome']> | null;
    view: Json<GroupRecord['view']> | null;
    refresh_before: number | null;
    document_digest: string | null;
  };
}

type Queries = Kysely<Tables>;

/** The store on PostgreSQL; several processes may share it. */
export function createPostgresServiceStore(database: Database): ServiceStore {
  const db = database.tables<Tables>();
  return {
    ...postgresGroupHistory(database),
    findGroup: (key) => findGroup(db, key),
    listGroups: async (infrastructures) => {
      const all = db
        .selectFrom('service_group')
        .selectAll()
        .orderBy('infrastructure_id')
        .orderBy('service_id');
      const isWanted = sql<boolean>`infrastructure_id = any(${[...(infrastructures ?? [])]}::text[])`;
      const rows = await (infrastructures === undefined ? all : all.where(isWanted)).execute();
      return rows.map(fromRow);
    },
    insertGroup: async (record) => {
      await db
        .insertInto('service_group')
        .values(toRow({ ...record, version: 1 }))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return (await findGroup(db, record)) ?? { ...record, version: 1 };
    },
    saveGroups: (records, notes = {}) => saveWithNotes(db, records, notes),
    removeGroup: async ({ infrastructureId, serviceId }) => {
      await db
        .deleteFrom('service_group')
        .where('infrastructure_id', '=', infrastructureId)
        .where('service_id', '=', serviceId)
        .execute();
    },
  };
}

async function findGroup(
  db: Queries,
  { infrastructureId, serviceId }: GroupKey,
): Promise<GroupRecord | undefined> {
  const row = await db
    .selectFrom('service_group')
    .selectAll()
    .where('infrastructure_id', '=', infrastructureId)
    .where('service_id', '=', serviceId)
    .executeTakeFirst();
  return row && fromRow(row);
}

async function saveWithNotes(
  db: Queries,
  records: readonly GroupRecord[],
  notes: Notes,
): Promise<ReadonlySet<string>> {
  const ready = await readyNotes(notes);
  return db.transaction().execute(async (transaction) => {
    const saved = await saveGroups(transaction, records);
    const lost = new Set(records.map(keyOf).filter((key) => !saved.has(key)));
    for (const statement of ready.statements(lost)) await statement.execute(transaction);
    return saved;
  });
}

/** One statement, however many: a thousand groups are one trip. */
async function saveGroups(db: Queries, records: readonly GroupRecord[]): Promise<ReadonlySet<string>> {
  if (records.length === 0) return new Set();
  const rows = JSON.stringify(
    records.map((record) => ({
      infrastructure_id: record.infrastructureId,
      service_id: record.serviceId,
      version: record.version,
      state: record.state,
      plan_id: record.planId ?? null,
      outcome: record.outcome ?? null,
      view: record.view ?? null,
      refresh_before: record.refreshBefore ?? null,
      document_digest: record.documentDigest ?? null,
    })),
  );
  const { rows: saved } = await sql<{ infrastructure_id: string; service_id: string }>`
    update service_group as kept set
      version = kept.version + 1, state = given.state, plan_id = given.plan_id,
      outcome = nullif(given.outcome, 'null'::jsonb), view = nullif(given.view, 'null'::jsonb),
      refresh_before = given.refresh_before, document_digest = given.document_digest
    from jsonb_to_recordset(${rows}::jsonb) as given(
      infrastructure_id text, service_id text, version bigint, state jsonb, plan_id text, outcome jsonb, view jsonb,
      refresh_before double precision, document_digest text)
    where kept.infrastructure_id = given.infrastructure_id and kept.service_id = given.service_id
      and kept.version = given.version
    returning kept.infrastructure_id, kept.service_id`.execute(db);
  return new Set(saved.map((row) => keyOf(keyOfRow(row))));
}

function keyOfRow(row: { readonly infrastructure_id: string; readonly service_id: string }) {
  return {
    infrastructureId: brandId('InfrastructureId', row.infrastructure_id),
    serviceId: row.service_id,
  };
}

function fromRow(row: Selectable<Tables['service_group']>): GroupRecord {
  return {
    ...keyOfRow(row),
    version: row.version,
    state: row.state,
    ...(row.plan_id === null ? {} : { planId: brandId('PlanId', row.plan_id) }),
    ...(row.outcome ? { outcome: row.outcome } : {}),
    ...(row.view ? { view: row.view } : {}),
    ...(row.refresh_before === null ? {} : { refreshBefore: row.refresh_before }),
    ...(row.document_digest === null ? {} : { documentDigest: brandId('Sha256', row.document_digest) }),
  };
}

function toRow(record: GroupRecord) {
  return {
    infrastructure_id: record.infrastructureId,
    service_id: record.serviceId,
    version: record.version,
    state: JSON.stringify(record.state),
    plan_id: record.planId ?? null,
    outcome: record.outcome === undefined ? null : JSON.stringify(record.outcome),
    view: record.view === undefined ? null : JSON.stringify(record.view),
    refresh_before: record.refreshBefore ?? null,
    document_digest: record.documentDigest ?? null,
  };
}
