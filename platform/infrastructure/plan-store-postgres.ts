import { brandId } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import type { PlannedStep } from '@trencadis/saga';
import { type ColumnType, type Kysely, type Selectable, sql } from 'kysely';
import type { ImageChoice, Plan, PlanKind } from './model.ts';
import type { InfrastructureStore, PlanSummary } from './store.ts';

type Json<Value> = ColumnType<Value, string, string>;
type PlanContent = Omit<Plan, 'id' | 'infrastructureId' | 'kind' | 'steps' | 'createdAt' | 'createdBy'>;

interface Tables {
  infrastructure: { id: string; active_plan_id: string | null };
  infrastructure_plan: {
    id: string;
    infrastructure_id: string;
    kind: PlanKind;
    /** All but the columns beside it. */
    content: Json<PlanContent>;
    steps: Json<PlannedStep[]>;
    step_count: number;
    created_at: Date;
    created_by: string;
  };
}

type PlanStore = Pick<
  InfrastructureStore,
  'insertPlan' | 'findPlan' | 'findPlanImages' | 'findPlanSummaries' | 'listPlans' | 'claimActivePlan'
>;

export function postgresPlans(database: Database): PlanStore {
  const db = database.tables<Tables>();
  return { ...planChanges(db), ...planQueries(db), ...planSummaries(db) };
}

function planChanges(db: Kysely<Tables>): Pick<PlanStore, 'insertPlan' | 'claimActivePlan'> {
  return {
    insertPlan: async ({ id, infrastructureId, kind, steps, createdAt, createdBy, ...content }) => {
      await db
        .insertInto('infrastructure_plan')
        .values({
          id,
          infrastructure_id: infrastructureId,
          kind,
          content: JSON.stringify(content),
          steps: JSON.stringify(steps),
          step_count: steps.length,
          created_at: createdAt,
          created_by: createdBy,
        })
        .execute();
    },
    claimActivePlan: async (id, next, previous) => {
      const { numUpdatedRows } = await db
        .updateTable('infrastructure')
        .set({ active_plan_id: next })
        .where('id', '=', id)
        .where('active_plan_id', 'is not distinct from', previous ?? null)
        .executeTakeFirst();
      return numUpdatedRows === 0n ? 'taken' : 'claimed';
    },
  };
}

function planQueries(db: Kysely<Tables>): Pick<PlanStore, 'findPlan' | 'findPlanImages'> {
  return {
    findPlan: async (id) => {
      const row = await db
        .selectFrom('infrastructure_plan')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row && planFromRow(row);
    },
    findPlanImages: async (id) => {
      const images = sql<ImageChoice[]>`content -> 'images'`.as('images');
      const row = await db
        .selectFrom('infrastructure_plan')
        .select(images)
        .where('id', '=', id)
        .executeTakeFirst();
      return row?.images ?? [];
    },
  };
}

function planSummaries(db: Kysely<Tables>): Pick<PlanStore, 'findPlanSummaries' | 'listPlans'> {
  const summaries = () =>
    db.selectFrom('infrastructure_plan').select(['id', 'kind', 'step_count', 'created_at', 'created_by']);
  return {
    findPlanSummaries: async (ids) => {
      const rows = await summaries()
        .where('id', '=', sql<string>`any(${[...ids]}::text[])`)
        .execute();
      return rows.map(summaryFromRow);
    },
    listPlans: async (id) => {
      const rows = await summaries()
        .where('infrastructure_id', '=', id)
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(summaryFromRow);
    },
  };
}

function summaryFromRow(
  row: Pick<
    Selectable<Tables['infrastructure_plan']>,
    'id' | 'kind' | 'step_count' | 'created_at' | 'created_by'
  >,
): PlanSummary {
  return {
    id: brandId('PlanId', row.id),
    kind: row.kind,
    stepCount: row.step_count,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}

function planFromRow(row: Selectable<Tables['infrastructure_plan']>): Plan {
  return {
    ...row.content,
    id: brandId('PlanId', row.id),
    infrastructureId: brandId('InfrastructureId', row.infrastructure_id),
    kind: row.kind,
    steps: row.steps,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}
