import { PlatformError } from '@trencadis/errors';
import { type InfrastructureId, type Sha256, brandId } from '@trencadis/ids';
import { type Database, isUniqueViolation } from '@trencadis/postgres';
import type { Dialect } from '@trencadis/radl';
import type { PlannedStep } from '@trencadis/saga';
import type { ColumnType, JSONColumnType, Kysely, Selectable } from 'kysely';
import type { ImageChoice, Infrastructure, Plan, PlanKind, PlannedDocument } from './model.ts';
import type { InfrastructureStore } from './store.ts';

type Json<Value> = ColumnType<Value, string, string>;

interface Tables {
  infrastructure: {
    id: string;
    name: string;
    owner: string;
    radl: string;
    dialect: Dialect;
    parameters: JSONColumnType<Record<string, unknown>>;
    created_at: Date;
    is_destroy_requested: boolean;
    destroyed_at: Date | null;
    active_plan_id: string | null;
  };
  infrastructure_plan: {
    id: string;
    infrastructure_id: string;
    kind: PlanKind;
    document: Json<PlannedDocument>;
    steps: Json<PlannedStep[]>;
    images: Json<ImageChoice[]>;
    created_at: Date;
  };
  configured_vm: { infrastructure_id: string; vm_name: string; digest: string };
  infrastructure_secret: { infrastructure_id: string; name: string; sealed: string };
}

/** The store on PostgreSQL; several processes may share it. */
export function createPostgresInfrastructureStore(database: Database): InfrastructureStore {
  const db = database.tables<Tables>();
  return {
    ...infrastructureQueries(db),
    ...infrastructureChanges(db),
    ...plans(db),
    ...configurations(db),
    ...secrets(db),
  };
}

type Queries = Kysely<Tables>;

function infrastructureQueries(db: Queries): Pick<InfrastructureStore, 'find' | 'findByName' | 'list'> {
  const select = () => db.selectFrom('infrastructure').selectAll();
  return {
    find: async (id) => fromRow(await select().where('id', '=', id).executeTakeFirst()),
    findByName: async (owner, name) =>
      fromRow(
        await select()
          .where('owner', '=', owner)
          .where('name', '=', name)
          .where('destroyed_at', 'is', null)
          .executeTakeFirst(),
      ),
    list: async (owner) => {
      const rows = await select()
        .where('owner', '=', owner)
        .where('destroyed_at', 'is', null)
        .orderBy('created_at')
        .execute();
      return rows.flatMap((row) => fromRow(row) ?? []);
    },
  };
}

function infrastructureChanges(
  db: Queries,
): Pick<InfrastructureStore, 'insert' | 'updateDocument' | 'requestDestroy' | 'markDestroyed'> {
  return {
    insert: async (infrastructure) => {
      try {
        await db.insertInto('infrastructure').values(toRow(infrastructure)).execute();
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        const message = `There is an infrastructure called '${infrastructure.name}' already; choose another name or destroy it.`;
        throw new PlatformError('already-exists', message, { subject: infrastructure.name, cause: error });
      }
    },
    updateDocument: async ({ id, name, radl, dialect, parameters }) => {
      const { numUpdatedRows } = await db
        .updateTable('infrastructure')
        .set({ radl, dialect, parameters: JSON.stringify(parameters) })
        .where('id', '=', id)
        .where('is_destroy_requested', '=', false)
        .executeTakeFirst();
      if (numUpdatedRows === 0n)
        throw new PlatformError('conflict', `Infrastructure '${name}' is being destroyed.`, { subject: id });
    },
    requestDestroy: async (id) => {
      await db
        .updateTable('infrastructure')
        .set({ is_destroy_requested: true })
        .where('id', '=', id)
        .execute();
    },
    markDestroyed: async (id, at) => {
      await db
        .updateTable('infrastructure')
        .set({ destroyed_at: at })
        .where('id', '=', id)
        .where('destroyed_at', 'is', null)
        .execute();
    },
  };
}

function toRow(infrastructure: Infrastructure) {
  const { id, name, owner, radl, dialect, parameters, createdAt, isDestroyRequested } = infrastructure;
  return {
    id,
    name,
    owner,
    radl,
    dialect,
    parameters: JSON.stringify(parameters),
    created_at: createdAt,
    is_destroy_requested: isDestroyRequested,
    destroyed_at: infrastructure.destroyedAt ?? null,
    active_plan_id: infrastructure.activePlanId ?? null,
  };
}

function fromRow(row: Selectable<Tables['infrastructure']> | undefined): Infrastructure | undefined {
  if (!row) return undefined;
  return {
    id: brandId('InfrastructureId', row.id),
    name: row.name,
    owner: row.owner,
    radl: row.radl,
    dialect: row.dialect,
    parameters: row.parameters,
    createdAt: row.created_at,
    isDestroyRequested: row.is_destroy_requested,
    ...(row.destroyed_at ? { destroyedAt: row.destroyed_at } : {}),
    ...(row.active_plan_id === null ? {} : { activePlanId: brandId('PlanId', row.active_plan_id) }),
  };
}

function plans(db: Queries): Pick<InfrastructureStore, 'insertPlan' | 'findPlan' | 'claimActivePlan'> {
  return {
    insertPlan: async ({ id, infrastructureId, kind, document, steps, images, createdAt }) => {
      await db
        .insertInto('infrastructure_plan')
        .values({
          id,
          infrastructure_id: infrastructureId,
          kind,
          document: JSON.stringify(document),
          steps: JSON.stringify(steps),
          images: JSON.stringify(images),
          created_at: createdAt,
        })
        .execute();
    },
    findPlan: async (id) => {
      const row = await db
        .selectFrom('infrastructure_plan')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row && planFromRow(row);
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

function planFromRow(row: Selectable<Tables['infrastructure_plan']>): Plan {
  return {
    id: brandId('PlanId', row.id),
    infrastructureId: brandId('InfrastructureId', row.infrastructure_id),
    kind: row.kind,
    document: row.document,
    steps: row.steps,
    images: row.images,
    createdAt: row.created_at,
  };
}

function configurations(
  db: Queries,
): Pick<InfrastructureStore, 'configuredDigests' | 'setConfigured' | 'clearConfigured'> {
  return {
    configuredDigests: async (id) => {
      const rows = await db
        .selectFrom('configured_vm')
        .selectAll()
        .where('infrastructure_id', '=', id)
        .execute();
      return Object.fromEntries(
        rows.map((row): [string, Sha256] => [row.vm_name, brandId('Sha256', row.digest)]),
      );
    },
    setConfigured: async (id, vmName, digest) => {
      await db
        .insertInto('configured_vm')
        .values({ infrastructure_id: id, vm_name: vmName, digest })
        .onConflict((conflict) => conflict.columns(['infrastructure_id', 'vm_name']).doUpdateSet({ digest }))
        .execute();
    },
    clearConfigured: async (id, vmName) => {
      await db
        .deleteFrom('configured_vm')
        .where('infrastructure_id', '=', id)
        .where('vm_name', '=', vmName)
        .execute();
    },
  };
}

function secrets(db: Queries): Pick<InfrastructureStore, 'findSecret' | 'insertSecret' | 'removeSecrets'> {
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
    removeSecrets: async (id) => {
      await db.deleteFrom('infrastructure_secret').where('infrastructure_id', '=', id).execute();
    },
  };
}
