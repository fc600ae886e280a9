import { later } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import { type Kysely, sql } from 'kysely';
import type { AttentionClaim, AttentionStore } from './attention-store.ts';

interface Tables {
  infrastructure_attention: { infrastructure_id: string; attention_at: Date };
  infrastructure_plan: { id: string; continued_by: string | null };
}

/** On tables of its own: what is looked at often is small. */
export function postgresAttention(database: Database): AttentionStore {
  const db = database.tables<Tables>();
  return {
    requestAttention: async (id, at) => {
      await db
        .insertInto('infrastructure_attention')
        .values({ infrastructure_id: id, attention_at: at })
        .onConflict((conflict) =>
          conflict.column('infrastructure_id').doUpdateSet({
            attention_at: sql`least(infrastructure_attention.attention_at, excluded.attention_at)`,
          }),
        )
        .execute();
    },
    claimDue: async (now, leaseMs, limit) => {
      const until = later(now, leaseMs);
      const rows = await db
        .with('due', (query) =>
          query
            .selectFrom('infrastructure_attention')
            .select('infrastructure_id')
            .where('attention_at', '<=', now)
            .orderBy('attention_at')
            .limit(limit)
            .forUpdate()
            .skipLocked(),
        )
        .updateTable('infrastructure_attention')
        .set({ attention_at: until })
        .where('infrastructure_id', 'in', (query) => query.selectFrom('due').select('infrastructure_id'))
        .returning('infrastructure_id')
        .execute();
      return rows.map((row) => ({ id: brandId('InfrastructureId', row.infrastructure_id), until }));
    },
    settleAttention: (claim, next) => settle(db, claim, next),
    ...continuations(db),
  };
}

async function settle(
  db: Kysely<Tables>,
  { id, until }: AttentionClaim,
  next: Date | undefined,
): Promise<void> {
  if (next === undefined)
    await db
      .deleteFrom('infrastructure_attention')
      .where('infrastructure_id', '=', id)
      .where('attention_at', '=', until)
      .execute();
  else
    await db
      .updateTable('infrastructure_attention')
      .set({ attention_at: next })
      .where('infrastructure_id', '=', id)
      .where('attention_at', '=', until)
      .execute();
}

function continuations(db: Kysely<Tables>): Pick<AttentionStore, 'setContinuation' | 'findContinuation'> {
  return {
    setContinuation: async (id, next) => {
      await db.updateTable('infrastructure_plan').set({ continued_by: next }).where('id', '=', id).execute();
    },
    findContinuation: async (id) => {
      const row = await db
        .selectFrom('infrastructure_plan')
        .select('continued_by')
        .where('id', '=', id)
        .executeTakeFirst();
      const next = row?.continued_by ?? undefined;
      return next === undefined || next === 'none' ? next : brandId('PlanId', next);
    },
  };
}
