import { PlatformError } from '@trencadis/errors';
import { type InfrastructureId, brandId } from '@trencadis/ids';
import { type Database, isUniqueViolation } from '@trencadis/postgres';
import type { Dialect } from '@trencadis/radl';
import {
  type ColumnType,
  type JSONColumnType,
  type Kysely,
  type Selectable,
  type UpdateObject,
  type WhereInterface,
  sql,
} from 'kysely';
import { postgresAttention } from './attention-postgres.ts';
import type { ComponentPins, Infrastructure, Member, ReplicaCounts, Share, Target, Usage } from './model.ts';
import { postgresConfigurations, postgresSecrets } from './configuration-store-postgres.ts';
import { postgresPlans } from './plan-store-postgres.ts';
import { postgresReleases } from './release-postgres.ts';
import { createPostgresPersistentDiskStore } from './persistent-disk-store.ts';
import { postgresHooks } from './services/hook-store-postgres.ts';
import type { InfrastructureStore, StoreCaller } from './store.ts';

type Json<Value> = ColumnType<Value, string, string>;

interface Tables {
  infrastructure: {
    id: string;
    name: string;
    owner: string;
    radl: string;
    dialect: Dialect;
    parameters: JSONColumnType<Record<string, unknown>>;
    members: Json<Member[]>;
    next_ordinal: number;
    refusals: Json<string[]>;
    usage: Json<Usage>;
    replicas: Json<ReplicaCounts> | null;
    components: Json<ComponentPins> | null;
    vmms: Json<string[]>;
    shares: Json<Share[]>;
    expires_at: Date | null;
    created_at: Date;
    is_destroy_requested: boolean;
    destroyed_at: Date | null;
    released_at: Date | null;
    active_plan_id: string | null;
    previous: Json<unknown> | null;
    previous_of: string | null;
  };
}

/** The store on PostgreSQL; several processes may share it. */
export function createPostgresInfrastructureStore(database: Database): InfrastructureStore {
  const db = database.tables<Tables>();
  return {
    ...infrastructureQueries(db),
    ...infrastructureChanges(db),
    ...infrastructureEndings(db),
    ...postgresReleases(database, { toRow, unlessTaken }),
    ...postgresPlans(database),
    ...postgresConfigurations(database),
    ...postgresSecrets(database),
    ...postgresAttention(database),
    ...createPostgresPersistentDiskStore(database),
    ...postgresHooks(database),
  };
}

type Queries = Kysely<Tables>;

function infrastructureQueries(
  db: Queries,
): Pick<InfrastructureStore, 'find' | 'findByName' | 'list' | 'usageOf'> {
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
    list: async (caller) => {
      const living = select().where('destroyed_at', 'is', null);
      const rows = await visibleTo(living, caller).orderBy('created_at').execute();
      return rows.flatMap((row) => fromRow(row) ?? []);
    },
    usageOf: async (owner, except) => {
      const sum = (part: keyof Usage) => sql<number>`coalesce(sum((usage ->> ${part})::float8), 0)`;
      return db
        .selectFrom('infrastructure')
        .select([sum('vms').as('vms'), sum('cpuCount').as('cpuCount'), sum('memoryMiB').as('memoryMiB')])
        .where('owner', '=', owner)
        .where('id', '!=', except)
        .where('destroyed_at', 'is', null)
        .executeTakeFirstOrThrow();
    },
  };
}

function visibleTo<Query extends WhereInterface<Tables, 'infrastructure'>>(
  query: Query,
  { owner, groups, isAdmin }: StoreCaller,
): Query {
  if (isAdmin) return query;
  const isShared = sql<boolean>`exists (
    select 1 from jsonb_array_elements(shares) as share where share ->> 'group' = any(${[...groups]}::text[]))`;
  return query.where((where) => where.or([where('owner', '=', owner), isShared])) as Query;
}

function infrastructureChanges(
  db: Queries,
): Pick<InfrastructureStore, 'insert' | 'updateTarget' | 'restoreTarget' | 'updateTerms'> {
  return {
    insert: (infrastructure) =>
      unlessTaken(`'${infrastructure.name}'`, async () => {
        await db.insertInto('infrastructure').values(toRow(infrastructure)).execute();
      }),
    updateTarget: (id, target, adoption) =>
      changeLiving(db, id, {
        ...targetRow(target),
        vmms: sql`(select coalesce(jsonb_agg(distinct vmm), '[]') from jsonb_array_elements(vmms || ${JSON.stringify(adoption.vmms)}::jsonb) as vmm)`,
        ...previousTarget(adoption.planId),
      }),
    restoreTarget: async (id, planId) => {
      await sql`
        update infrastructure set
          radl = previous ->> 'radl', dialect = previous ->> 'dialect', parameters = previous -> 'parameters',
          members = previous -> 'members', refusals = previous -> 'refusals', usage = previous -> 'usage',
          replicas = nullif(previous -> 'replicas', 'null'::jsonb),
          components = nullif(previous -> 'components', 'null'::jsonb)
        where id = ${id} and previous_of = ${planId} and not is_destroy_requested`.execute(db);
    },
    updateTerms: (id, { owner, shares, expiresAt }) =>
      unlessTaken(`as ${id} is`, () =>
        changeLiving(db, id, {
          id,
          ...(owner === undefined ? {} : { owner }),
          ...(shares === undefined ? {} : { shares: JSON.stringify(shares) }),
          ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
        }),
      ),
  };
}

/** What is in the row before the update; ordinals are never given again, so their count is not kept. */
function previousTarget(planId: string) {
  const isOther = sql`previous_of is distinct from ${planId}`;
  return {
    previous: sql<string>`case when ${isOther} then jsonb_build_object('radl', radl, 'dialect', dialect,
      'parameters', parameters, 'members', members, 'refusals', refusals, 'usage', usage, 'replicas', replicas,
      'components', components) else previous end`,
    previous_of: planId,
  };
}

function infrastructureEndings(db: Queries): Pick<InfrastructureStore, 'requestDestroy' | 'markDestroyed'> {
  return {
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

/** A name is unique for its owner. */
async function unlessTaken(called: string, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = `Its owner has an infrastructure called ${called} already; choose another name or destroy that one.`;
    throw new PlatformError('already-exists', message, { subject: 'name', cause: error });
  }
}

async function changeLiving(
  db: Queries,
  id: InfrastructureId,
  changes: UpdateObject<Tables, 'infrastructure'>,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('infrastructure')
    .set(changes)
    .where('id', '=', id)
    .where('is_destroy_requested', '=', false)
    .executeTakeFirst();
  if (numUpdatedRows === 0n)
    throw new PlatformError('conflict', `Infrastructure ${id} is being destroyed, or gone.`, { subject: id });
}

function targetRow({ radl, dialect, parameters, replicas, components, ...target }: Target) {
  return {
    radl,
    dialect,
    parameters: JSON.stringify(parameters),
    members: JSON.stringify(target.members),
    next_ordinal: target.nextOrdinal,
    refusals: JSON.stringify(target.refusals),
    usage: JSON.stringify(target.usage),
    replicas: replicas === undefined ? null : JSON.stringify(replicas),
    components: components === undefined ? null : JSON.stringify(components),
  };
}

function toRow(infrastructure: Infrastructure) {
  const { id, name, owner, createdAt, isDestroyRequested } = infrastructure;
  return {
    ...targetRow(infrastructure),
    vmms: JSON.stringify(infrastructure.vmms),
    shares: JSON.stringify(infrastructure.shares),
    expires_at: infrastructure.expiresAt ?? null,
    id,
    name,
    owner,
    created_at: createdAt,
    is_destroy_requested: isDestroyRequested,
    destroyed_at: infrastructure.destroyedAt ?? null,
    released_at: infrastructure.releasedAt ?? null,
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
    members: row.members,
    nextOrdinal: row.next_ordinal,
    refusals: row.refusals,
    usage: row.usage,
    ...(row.replicas ? { replicas: row.replicas } : {}),
    ...(row.components ? { components: row.components } : {}),
    vmms: row.vmms,
    shares: row.shares,
    ...(row.expires_at ? { expiresAt: row.expires_at } : {}),
    createdAt: row.created_at,
    isDestroyRequested: row.is_destroy_requested,
    ...(row.destroyed_at ? { destroyedAt: row.destroyed_at } : {}),
    ...(row.released_at ? { releasedAt: row.released_at } : {}),
    ...(row.active_plan_id === null ? {} : { activePlanId: brandId('PlanId', row.active_plan_id) }),
  };
}
