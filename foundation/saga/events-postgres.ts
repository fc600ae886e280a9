import type { PlanId } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import { headChannel } from './head-channel.ts';
import type { StepEvent, StepEventKind } from './model.ts';
import type { ThroughOutage } from './outage.ts';
import { type SagaStore, type StepEventDraft, RunSuperseded } from './store.ts';

interface EventRow {
  plan_id: string;
  sequence: number;
  step_id: string;
  kind: string;
  at: Date;
  text: string | null;
  error_code: string | null;
}

/**
 * One statement checks the epoch, takes the next numbers and writes. The plan's row stays locked until it is
 * committed: a run that takes the next epoch waits for it, and reads all that the earlier run was allowed to write.
 */
const append = {
  name: 'saga-append',
  text: `with head as (
      update saga_plan set last_sequence = last_sequence + $3
      where plan_id = $1 and ($2::bigint is null or epoch = $2)
      returning epoch, last_sequence
    ), written as (
      insert into saga_event (plan_id, sequence, step_id, kind, at, text, error_code)
      select $1, head.last_sequence - $3 + draft.position, draft.step_id, draft.kind, draft.at, draft.text, draft.error_code
      from head, unnest($4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[])
        with ordinality as draft (step_id, kind, at, text, error_code, position)
    )
    select last_sequence, pg_notify('${headChannel}', concat_ws(' ', $1, epoch, last_sequence)) from head`,
};

/** Whether a batch is stored is seen by its first event. */
const findAppended = `select sequence from saga_event
  where plan_id = $1 and step_id = $2 and kind = $3 and at = $4 and text is not distinct from $5
  order by sequence desc limit 1`;

const read = {
  name: 'saga-read',
  text: 'select * from saga_event where plan_id = $1 and sequence > $2 order by sequence limit $3',
};

export function postgresEvents(
  db: Database,
  throughOutage: ThroughOutage,
): Pick<SagaStore, 'appendEvents' | 'readEvents' | 'dropProgress'> {
  return {
    async appendEvents(planId, drafts, epoch) {
      let isFirst = true;
      const first = await throughOutage(async () => {
        // The connection may have been cut between the commit and its answer.
        const found = isFirst ? undefined : await findFirstOf(db, planId, drafts);
        isFirst = false;
        return found ?? appendNow(db, planId, drafts, epoch);
      });
      return drafts.map((draft, index) => ({ ...draft, planId, sequence: first + index }));
    },
    async readEvents(planId, afterSequence = 0, limit) {
      const values = [planId, afterSequence, limit ?? null];
      const { rows } = await throughOutage(() => db.pool.query<EventRow>({ ...read, values }));
      return rows.map(toEvent);
    },
    async dropProgress(planId, stepId, beforeSequence) {
      const text = `delete from saga_event
        where plan_id = $1 and step_id = $2 and kind = 'progress' and sequence < $3`;
      await throughOutage(() => db.pool.query(text, [planId, stepId, beforeSequence]));
    },
  };
}

/** Answers the sequence number of the first. */
async function appendNow(
  db: Database,
  planId: PlanId,
  drafts: readonly StepEventDraft[],
  epoch: number | undefined,
): Promise<number> {
  const values = [
    planId,
    epoch ?? null,
    drafts.length,
    drafts.map(({ stepId }) => stepId),
    drafts.map(({ kind }) => kind),
    drafts.map(({ at }) => at.toISOString()),
    drafts.map(({ text }) => text ?? null),
    drafts.map(({ errorCode }) => errorCode ?? null),
  ];
  const { rows } = await db.pool.query<{ last_sequence: number }>({ ...append, values });
  const [row] = rows;
  if (row === undefined) throw new RunSuperseded(`Run ${epoch} of ${planId} is not the current one.`);
  return row.last_sequence - drafts.length + 1;
}

async function findFirstOf(
  db: Database,
  planId: PlanId,
  [first]: readonly StepEventDraft[],
): Promise<number | undefined> {
  if (first === undefined) return undefined;
  const values = [planId, first.stepId, first.kind, first.at.toISOString(), first.text ?? null];
  const { rows } = await db.pool.query<{ sequence: number }>(findAppended, values);
  return rows[0]?.sequence;
}

function toEvent(row: EventRow): StepEvent {
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
