import type { GroupEvent } from '@trencadis/availability';
import type { Database } from '@trencadis/postgres';
import { type ColumnType, type Generated, sql } from 'kysely';
import { readyNotes, unpackEvaluation } from './notes-postgres.ts';
import type { ServiceStore } from './store.ts';

interface Tables {
  service_evaluation: {
    infrastructure_id: string;
    service_id: string;
    at: number;
    is_decision: boolean;
    /** See `unpackEvaluation`. */
    content: Buffer;
  };
  service_event: {
    sequence: Generated<number>;
    infrastructure_id: string;
    service_id: string;
    content: ColumnType<GroupEvent, string, string>;
  };
}

type History = Pick<ServiceStore, 'addNotes' | 'listEvaluations' | 'listEvents' | 'prune'>;

/** Evaluations and events. */
export function postgresGroupHistory(database: Database): History {
  return {
    addNotes: async (notes) => {
      const db = database.tables<Tables>();
      for (const statement of (await readyNotes(notes)).statements()) await statement.execute(db);
    },
    ...evaluationsOf(database),
    ...eventsOf(database),
    prune: pruneOf(database),
  };
}

function evaluationsOf(database: Database): Pick<History, 'listEvaluations'> {
  const db = database.tables<Tables>();
  return {
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
          const { evaluation, snapshot } = await unpackEvaluation(content);
          const { infrastructureId, serviceId } = key;
          return { infrastructureId, serviceId, isDecision, evaluation, snapshot };
        }),
      );
    },
  };
}

function eventsOf(database: Database): Pick<History, 'listEvents'> {
  const db = database.tables<Tables>();
  return {
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
