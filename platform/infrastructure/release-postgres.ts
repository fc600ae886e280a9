import { PlatformError } from '@trencadis/errors';
import type { Database } from '@trencadis/postgres';
import type { Infrastructure } from './model.ts';
import type { InfrastructureStore } from './store.ts';

interface Closed {
  id: string;
  is_destroy_requested: boolean;
  destroyed_at: Date | null;
  released_at: Date | null;
  active_plan_id: string | null;
}

interface Writing {
  /** All columns. */
  readonly toRow: (infrastructure: Infrastructure) => Closed;
  readonly unlessTaken: (called: string, change: () => Promise<void>) => Promise<void>;
}

/** What is left to another platform, and comes back. */
export function postgresReleases(
  database: Database,
  { toRow, unlessTaken }: Writing,
): Pick<InfrastructureStore, 'release' | 'takeUp'> {
  const update = () => database.tables<{ infrastructure: Closed }>().updateTable('infrastructure');
  return {
    release: async (id, at, activePlanId) => {
      const { numUpdatedRows } = await update()
        .set({ released_at: at, destroyed_at: at, is_destroy_requested: true })
        .where('id', '=', id)
        .where('is_destroy_requested', '=', false)
        .where('active_plan_id', 'is not distinct from', activePlanId ?? null)
        .executeTakeFirst();
      return numUpdatedRows === 0n ? 'taken' : 'released';
    },
    takeUp: (infrastructure) =>
      unlessTaken(`'${infrastructure.name}'`, async () => {
        const { id } = infrastructure;
        const { numUpdatedRows } = await update()
          .set(toRow(infrastructure))
          .where('id', '=', id)
          .where('released_at', 'is not', null)
          .executeTakeFirst();
        if (numUpdatedRows > 0n) return;
        throw new PlatformError('already-exists', `Infrastructure ${id} is here and was not released.`, {
          subject: id,
        });
      }),
  };
}
