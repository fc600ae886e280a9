import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { PlanId } from '@trencadis/ids';
import { type Database, isUniqueViolation } from '@trencadis/postgres';
import { type Selectable, sql } from 'kysely';
import { type StepEvent, type StepEventKind, type StepGraph, wholePlan } from './model.ts';
import { retryWhile } from './retry.ts';
import type { SagaStore, StepEventDraft } from './store.ts';

interface Tables {
  saga_plan: { plan_id: string; graph: string };
  saga_event: EventRow;
}

interface EventRow {
  plan_id: string;
  sequence: number;
  step_id: string;
  kind: string;
  at: Date;
  text: string | null;
  error_code: string | null;
}

/** How long a write waits for a database that restarts before it counts as failed. */
const outageDeadlineMs = 60_000;

export function createPostgresSagaStore(db: Database, clock: Clock): SagaStore {
  const throughOutage: ThroughOutage = (query) =>
    retryWhile(isOutage, query, { clock, deadlineMs: outageDeadlineMs });
  return { ...plans(db, throughOutage), ...events(db, throughOutage) };
}

type ThroughOutage = <Result>(query: () => Promise<Result>) => Promise<Result>;

function plans(
  db: Database,
  throughOutage: ThroughOutage,
): Pick<SagaStore, 'findPlan' | 'savePlan' | 'listUnbegunPlans'> {
  const tables = db.tables<Tables>();
  const findPlan = async (planId: PlanId): Promise<StepGraph | undefined> => {
    const query = tables.selectFrom('saga_plan').select('graph').where('plan_id', '=', planId);
    const row = await throughOutage(() => query.executeTakeFirst());
    return row?.graph as StepGraph | undefined;
  };

  return {
    findPlan,
    async savePlan(graph) {
      const row = { plan_id: graph.planId, graph: JSON.stringify(graph) };
      const insert = tables.insertInto('saga_plan').values(row);
      await throughOutage(() => insert.onConflict((conflict) => conflict.doNothing()).execute());
      const kept = await findPlan(graph.planId);
      if (!isDeepStrictEqual(kept, JSON.parse(row.graph))) throw anotherPlan(graph.planId);
    },
    async listUnbegunPlans() {
      const begun = tables.selectFrom('saga_event').select('plan_id').where('step_id', '!=', wholePlan);
      const query = tables.selectFrom('saga_plan').select('plan_id').where('plan_id', 'not in', begun);
      return (await throughOutage(() => query.execute())).map((row) => row.plan_id as PlanId);
    },
  };
}

function events(
  db: Database,
  throughOutage: ThroughOutage,
): Pick<SagaStore, 'appendEvents' | 'readEvents' | 'dropProgress'> {
  const tables = db.tables<Tables>();
  return {
    appendEvents: (planId, drafts) => throughOutage(() => appendEvents(db, planId, drafts)),
    async readEvents(planId, afterSequence = 0) {
      const query = tables.selectFrom('saga_event').selectAll().where('plan_id', '=', planId);
      const rows = await throughOutage(() =>
        query.where('sequence', '>', afterSequence).orderBy('sequence').execute(),
      );
      return rows.map(toEvent);
    },
    async dropProgress(planId, stepId, beforeSequence) {
      const query = tables
        .deleteFrom('saga_event')
        .where('plan_id', '=', planId)
        .where('step_id', '=', stepId);
      await throughOutage(() =>
        query.where('kind', '=', 'progress').where('sequence', '<', beforeSequence).execute(),
      );
    },
  };
}

/** The next numbers are taken in the insert itself; a writer that was faster makes it collide, and it is asked again. */
async function appendEvents(
  db: Database,
  planId: PlanId,
  drafts: readonly StepEventDraft[],
): Promise<StepEvent[]> {
  const columns = {
    stepIds: drafts.map(({ stepId }) => stepId),
    kinds: drafts.map(({ kind }) => kind),
    times: drafts.map(({ at }) => at.toISOString()),
    texts: drafts.map(({ text }) => text ?? null),
    errorCodes: drafts.map(({ errorCode }) => errorCode ?? null),
  };
  for (;;) {
    try {
      const { rows } = await sql<EventRow>`
        insert into saga_event (plan_id, sequence, step_id, kind, at, text, error_code)
        select ${planId}, last.sequence + draft.position, draft.step_id, draft.kind, draft.at, draft.text, draft.error_code
        from (select coalesce(max(sequence), 0) as sequence from saga_event where plan_id = ${planId}) as last,
          unnest(${columns.stepIds}::text[], ${columns.kinds}::text[], ${columns.times}::timestamptz[],
            ${columns.texts}::text[], ${columns.errorCodes}::text[])
          with ordinality as draft (step_id, kind, at, text, error_code, position)
        returning *`.execute(db.tables<Tables>());
      return rows.map(toEvent).sort((one, other) => one.sequence - other.sequence);
    } catch (error) {
      if (!isUniqueViolation(error, 'saga_event_pkey')) throw error;
    }
  }
}

function toEvent(row: Selectable<EventRow>): StepEvent {
  return {
    sequence: row.sequence,
    planId: row.plan_id as PlanId,
    stepId: row.step_id,
    kind: row.kind as StepEventKind,
    at: row.at,
    ...(row.text === null ? {} : { text: row.text }),
    ...(row.error_code === null ? {} : { errorCode: row.error_code }),
  };
}

function anotherPlan(planId: PlanId): PlatformError {
  return new PlatformError(
    'conflict',
    `There is another plan with the id ${planId}: plan again under a new id.`,
    {
      subject: planId,
    },
  );
}

/** A server that is away or restarting: refused and cut connections, SQLSTATE classes 08 and 57P. */
function isOutage(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return (
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|08...|57P..)$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(message)
  );
}
