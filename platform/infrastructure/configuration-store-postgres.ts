import { type InfrastructureId, type Sha256, brandId } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import type { InfrastructureStore } from './store.ts';

interface Tables {
  configured_stage: { infrastructure_id: string; vm_name: string; stage: string; key: string };
  infrastructure_secret: { infrastructure_id: string; name: string; sealed: string };
}

/** What each VM was last brought to. */
export function postgresConfigurations(
  database: Database,
): Pick<InfrastructureStore, 'configuredKeys' | 'setConfigured' | 'clearConfigured'> {
  const db = database.tables<Tables>();
  return {
    configuredKeys: async (id) => {
      const rows = await db
        .selectFrom('configured_stage')
        .selectAll()
        .where('infrastructure_id', '=', id)
        .execute();
      const keys: Record<string, Record<string, Sha256>> = {};
      for (const { vm_name: name, stage, key } of rows) (keys[name] ??= {})[stage] = brandId('Sha256', key);
      return keys;
    },
    setConfigured: async (id, { name, stage, key }) => {
      await db
        .insertInto('configured_stage')
        .values({ infrastructure_id: id, vm_name: name, stage, key })
        .onConflict((conflict) =>
          conflict.columns(['infrastructure_id', 'vm_name', 'stage']).doUpdateSet({ key }),
        )
        .execute();
    },
    clearConfigured: async (id, vmName, stage) => {
      const all = db
        .deleteFrom('configured_stage')
        .where('infrastructure_id', '=', id)
        .where('vm_name', '=', vmName);
      await (stage === undefined ? all : all.where('stage', '=', stage)).execute();
    },
  };
}

/** What is kept sealed. */
export function postgresSecrets(
  database: Database,
): Pick<InfrastructureStore, 'findSecret' | 'insertSecret' | 'listSecrets' | 'removeSecrets'> {
  const db = database.tables<Tables>();
  const findSecret = async (id: InfrastructureId, name: string) => {
    const row = await db
      .selectFrom('infrastructure_secret')
      .select('sealed')
      .where('infrastructure_id', '=', id)
      .where('name', '=', name)
      .executeTakeFirst();
    return row?.sealed;
  };
  return {
    findSecret,
    insertSecret: async (id, name, sealed) => {
      await db
        .insertInto('infrastructure_secret')
        .values({ infrastructure_id: id, name, sealed })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return (await findSecret(id, name)) ?? sealed;
    },
    listSecrets: async (id) => {
      const rows = await db
        .selectFrom('infrastructure_secret')
        .select(['name', 'sealed'])
        .where('infrastructure_id', '=', id)
        .execute();
      return Object.fromEntries(rows.map(({ name, sealed }) => [name, sealed]));
    },
    removeSecrets: async (id) => {
      await db.deleteFrom('infrastructure_secret').where('infrastructure_id', '=', id).execute();
    },
  };
}
