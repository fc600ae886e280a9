import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { PlanId } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import { sql } from 'kysely';
import { postgresEvents } from './events-postgres.ts';
import { headChannel } from './head-channel.ts';
import type { StepGraph } from './model.ts';
import { type ThroughOutage, isOutage } from './outage.ts';
import { retryWhile } from './retry.ts';
import type { PlanHead, SagaStore } from './store.ts';

interface Tables {
  saga_plan: { plan_id: string; graph: string; epoch: number; last_sequence: number; created_at: Date };
}

/** How long a write waits for a database that restarts before it counts as failed. */
const outageDeadlineMs = 60_000;

export function createPostgresSagaStore(db: Database, clock: Clock): SagaStore {
  const throughOutage: ThroughOutage = (query) =>
    retryWhile(isOutage, query, { clock, deadlineMs: outageDeadlineMs });
  return { ...plans(db, throughOutage), ...runs(db, throughOutage), ...postgresEvents(db, throughOutage) };
}

function plans(
  db: Database,
  throughOutage: ThroughOutage,
): Pick<SagaStore, 'findPlan' | 'savePlan' | 'listUnbegunPlans'> {
  const tables = db.tables<Tables>();
  return {
    async findPlan(planId) {
      const query = tables.selectFrom('saga_plan').select('graph').where('plan_id', '=', planId);
      const row = await throughOutage(() => query.executeTakeFirst());
      return row?.graph as StepGraph | undefined;
    },
    async savePlan(graph) {
      const text = JSON.stringify(graph);
      const insert = sql`insert into saga_plan (plan_id, graph) values (${graph.planId}, ${text})
        on conflict do nothing`;
      const { numAffectedRows } = await throughOutage(() => insert.execute(tables));
      if (numAffectedRows === 1n) return;
      // jsonb compares values, whatever the order of the keys.
      const comparison = sql<{ is_same: boolean }>`select graph = ${text}::jsonb as is_same
        from saga_plan where plan_id = ${graph.planId}`;
      const { rows } = await throughOutage(() => comparison.execute(tables));
      if (rows[0]?.is_same !== true) throw anotherPlan(graph.planId);
    },
    async listUnbegunPlans(minAgeMs) {
      const query = tables
        .selectFrom('saga_plan')
        .select('plan_id')
        .where('epoch', '=', 0)
        .where('created_at', '<=', sql<Date>`now() - ${minAgeMs} * interval '1 millisecond'`);
      return (await throughOutage(() => query.execute())).map((row) => row.plan_id as PlanId);
    },
  };
}

function runs(db: Database, throughOutage: ThroughOutage): Pick<SagaStore, 'takeEpoch' | 'readHeads'> {
  const tables = db.tables<Tables>();
  return {
    async takeEpoch(planId) {
      const query = sql<{ epoch: number }>`update saga_plan set epoch = epoch + 1 where plan_id = ${planId}
        returning epoch, pg_notify(${headChannel}, concat_ws(' ', plan_id, epoch, last_sequence))`;
      const { rows } = await throughOutage(() => query.execute(tables));
      const [row] = rows;
      if (row === undefined)
        throw new PlatformError('not-found', `There is no plan ${planId}.`, { subject: planId });
      return row.epoch;
    },
    async readHeads(planIds) {
      if (planIds.length === 0) return [];
      const query = tables
        .selectFrom('saga_plan')
        .select(['plan_id', 'epoch', 'last_sequence'])
        .where('plan_id', 'in', planIds);
      const rows = await throughOutage(() => query.execute());
      return rows.map((row): PlanHead => ({
        planId: row.plan_id as PlanId,
        epoch: row.epoch,
        lastSequence: row.last_sequence,
      }));
    },
  };
}

function anotherPlan(planId: PlanId): PlatformError {
  return new PlatformError(
    'conflict',
    `There is another plan with the id ${planId}: plan again under a new id.`,
    { subject: planId },
  );
}
