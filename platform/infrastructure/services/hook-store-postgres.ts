import type { Database } from '@trencadis/postgres';
import type { HookStore, WaitingHook } from './hook-store.ts';

interface Tables {
  waiting_hook: {
    infrastructure_id: string;
    vm_name: string;
    heard_at: Date;
    verdict: 'continue' | 'abandon' | null;
  };
}

export function postgresHooks(database: Database): HookStore {
  const db = database.tables<Tables>();
  const place = (id: string, vm: string) => ({ infrastructure_id: id, vm_name: vm });
  return {
    awaitHook: async (id, vm, at) => {
      await db
        .insertInto('waiting_hook')
        .values({ ...place(id, vm), heard_at: at, verdict: null })
        .onConflict((conflict) => conflict.columns(['infrastructure_id', 'vm_name']).doNothing())
        .execute();
    },
    findHook: async (id, vm) => {
      const row = await db
        .selectFrom('waiting_hook')
        .selectAll()
        .where('infrastructure_id', '=', id)
        .where('vm_name', '=', vm)
        .executeTakeFirst();
      if (!row) return undefined;
      const hook: WaitingHook = { heardAt: row.heard_at };
      return row.verdict === null ? hook : { ...hook, verdict: row.verdict };
    },
    signalHook: async (id, vm, { verdict, at }) => {
      const { numUpdatedRows } = await db
        .updateTable('waiting_hook')
        .set(verdict === 'heartbeat' ? { heard_at: at } : { heard_at: at, verdict })
        .where('infrastructure_id', '=', id)
        .where('vm_name', '=', vm)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    clearHook: async (id, vm) => {
      await db
        .deleteFrom('waiting_hook')
        .where('infrastructure_id', '=', id)
        .where('vm_name', '=', vm)
        .execute();
    },
  };
}
