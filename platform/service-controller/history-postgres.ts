import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Evaluation, GroupEvent, GroupSnapshot } from '@trencadis/availability';
import type { Database } from '@trencadis/postgres';
import { type ColumnType, type Generated, sql } from 'kysely';
import type { ServiceStore } from './store.ts';

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

interface Tables {
  service_evaluation: {
    infrastructure_id: string;
    service_id: string;
    at: number;
    is_decision: boolean;
    /** {@link Content} as JSON, deflated: a tenth of its size. */
    content: Buffer;
  };
  service_event: {
    sequence: Generated<number>;
    infrastructure_id: string;
    service_id: string;
    content: ColumnType<GroupEvent, string, string>;
  };
}

interface Content {
  readonly evaluation: Evaluation;
  readonly snapshot: GroupSnapshot;
}

type History = Pick<
  ServiceStore,
  'addEvaluations' | 'listEvaluations' | 'addEvents' | 'listEvents' | 'prune'
>;

/** Evaluations and events. Of a group that is gone nothing is added. */
export function postgresGroupHistory(database: Database): History {
  return { ...evaluationsOf(database), ...eventsOf(database), prune: pruneOf(database) };
}

function evaluationsOf(database: Database): Pick<History, 'addEvaluations' | 'listEvaluations'> {
  const db = database.tables<Tables>();
  return {
    addEvaluations: async (evaluations) => {
      if (evaluations.length === 0) return;
      const contents = await Promise.all(
        evaluations.map(({ evaluation, snapshot }) =>
          pack(JSON.stringify({ evaluation, snapshot } satisfies Content)),
        ),
      );
      await sql`
        insert into service_evaluation (infrastructure_id, service_id, at, is_decision, content)
        select given.* from unnest(
          ${evaluations.map((each) => each.infrastructureId)}::text[],
          ${evaluations.map((each) => each.serviceId)}::text[],
          ${evaluations.map((each) => each.evaluation.at)}::float8[],
          ${evaluations.map((each) => each.isDecision)}::boolean[],
          ${contents}::bytea[]) as given(infrastructure_id, service_id, at, is_decision, content)
        join service_group using (infrastructure_id, service_id)`.execute(db);
    },
    listEvaluations: async (key, { limit, onlyDecisions = false, before }) => {
      let query = db
        .selectFrom('service_evaluation')
        .selectAll()
        .where('infrastructure_id', '=', key.infrastructureId)
        .where('service_id', '=', key.serviceId)
        .orderBy('at', 'desc')
        .limit(limit);
      if (onlyDecisions) query = query.where('is_decision', '=', true);
      if (before !== undefined) query = query.where('at', '<', before);
      return Promise.all(
        (await query.execute()).map(async ({ is_decision: isDecision, content }) => {
          const { evaluation, snapshot } = JSON.parse((await unpack(content)).toString('utf8')) as Content;
          const { infrastructureId, serviceId } = key;
          return { infrastructureId, serviceId, isDecision, evaluation, snapshot };
        }),
      );
    },
  };
}

function eventsOf(database: Database): Pick<History, 'addEvents' | 'listEvents'> {
  const db = database.tables<Tables>();
  return {
    addEvents: async ({ infrastructureId, serviceId }, events) => {
      if (events.length === 0) return;
      await sql`
        insert into service_event (infrastructure_id, service_id, content)
        select infrastructure_id, service_id, given.event
        from service_group,
          jsonb_array_elements(${JSON.stringify(events)}::jsonb) with ordinality as given(event, place)
        where infrastructure_id = ${infrastructureId} and service_id = ${serviceId}
        order by given.place`.execute(db);
    },
    listEvents: async ({ infrastructureId, serviceId }, { after, limit }) => {
      const query = db
        .selectFrom('service_event')
        .select(['sequence', 'content'])
        .where('infrastructure_id', '=', infrastructureId)
        .where('service_id', '=', serviceId)
        .limit(limit);
      const rows = await (
        after === undefined
          ? query.orderBy('sequence', 'desc')
          : query.where('sequence', '>', after).orderBy('sequence')
      ).execute();
      const oldestFirst = after === undefined ? rows.toReversed() : rows;
      return oldestFirst.map(({ sequence, content }) => ({ ...content, sequence }));
    },
  };
}

function pruneOf(database: Database): History['prune'] {
  const db = database.tables<Tables>();
  return async (now, kept) => {
    await sql`
      delete from service_evaluation where ctid in (
        select ctid from (
          select ctid, at, is_decision,
            row_number() over (partition by infrastructure_id, service_id order by at desc) as place
          from service_evaluation) as placed
        where place > ${kept.evaluations} and not (is_decision and at >= ${now - kept.decisionsMs}))`.execute(
      db,
    );
    await sql`
      delete from service_event where sequence in (
        select sequence from (
          select sequence,
            row_number() over (partition by infrastructure_id, service_id order by sequence desc) as place
          from service_event) as placed
        where place > ${kept.events})`.execute(db);
  };
}
