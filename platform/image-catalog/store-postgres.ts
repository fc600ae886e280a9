import type { Sha256, VmiId } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import { type Generated, type Kysely, type Transaction, sql } from 'kysely';
import { type ImageRecord, offersOf } from './image-record.ts';
import type { Image, ImageVersion } from './model.ts';
import type { AuditEntry, CatalogStore, OfferChange } from './store.ts';
import { channelName, watchChanges } from './watch-changes.ts';

interface Tables {
  readonly image_catalog_images: { readonly id: string; readonly image: unknown };
  readonly image_catalog_versions: {
    readonly image_id: string;
    readonly number: number;
    readonly state: string;
    readonly deprecate_at: string | null;
    readonly revoke_at: string | null;
    readonly digests: readonly string[];
    readonly version: unknown;
  };
  readonly image_catalog_offers: {
    readonly image_id: string;
    readonly revision: number;
    readonly offers: string;
  };
  readonly image_catalog_revision: { readonly revision: number };
  readonly image_catalog_audit: {
    readonly id: Generated<number>;
    readonly image_id: string;
    readonly actor: string;
    readonly operation: string;
    readonly at: string;
  };
}

/** A transaction is one too. */
type Connection = Kysely<Tables>;

const portion = 20000;

/** A {@link CatalogStore} in the tables that `imageCatalogMigrations` make. Database errors come through as they are. */
export function createPostgresCatalogStore(database: Database): CatalogStore {
  const db = database.tables<Tables>();
  return {
    find: (id) => find(db, id),
    list: async ({ after = '', limit }) => {
      const query = db.selectFrom('image_catalog_images').select('id').where('id', '>', after);
      const rows = await query.orderBy('id').limit(limit).execute();
      return findAll(
        db,
        rows.map(({ id }) => id),
      );
    },
    withArtifact: async (digest) => findAll(db, await idsWithArtifact(db, digest)),
    due: (at) => findDue(db, at),
    change: (audit, decide) =>
      db.transaction().execute(async (transaction) => {
        await sql`select pg_advisory_xact_lock(hashtext('image-catalog'), hashtext(${audit.imageId}))`.execute(
          transaction,
        );
        const before = await find(transaction, audit.imageId);
        const { record, answer } = decide(before);
        if (JSON.stringify(record) !== JSON.stringify(before)) {
          await keep(transaction, { before, record, audit });
        }
        return answer;
      }),
    audit: async (id, limit) => {
      const query = db.selectFrom('image_catalog_audit').selectAll().where('image_id', '=', id);
      const rows = await query.orderBy('id', 'desc').limit(limit).execute();
      return rows.map(({ actor, operation, at }) => ({ imageId: id, user: actor, operation, at }));
    },
    revision: async () => {
      const row = await db.selectFrom('image_catalog_revision').select('revision').executeTakeFirstOrThrow();
      return row.revision;
    },
    offersSince: (revision) => offersSince(db, revision),
    watch: (onChange) => watchChanges(database, onChange),
  };
}

async function find(db: Connection, id: string): Promise<ImageRecord | undefined> {
  const [record] = await findAll(db, [id]);
  return record;
}

async function findAll(db: Connection, ids: readonly string[]): Promise<readonly ImageRecord[]> {
  if (ids.length === 0) return [];
  const images = await db
    .selectFrom('image_catalog_images')
    .select('image')
    .where('id', 'in', [...ids])
    .orderBy('id')
    .execute();
  const versions = await db
    .selectFrom('image_catalog_versions')
    .select(['image_id', 'version'])
    .where('image_id', 'in', [...ids])
    .orderBy('number')
    .execute();
  const byImage = Map.groupBy(versions, (row) => row.image_id);
  // Both columns hold what this store wrote there.
  return images.map(({ image }) => ({
    image: image as Image,
    versions: (byImage.get((image as Image).id) ?? []).map(({ version }) => version as ImageVersion),
  }));
}

async function idsWithArtifact(db: Connection, digest: Sha256): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('image_catalog_versions')
    .select('image_id')
    .distinct()
    .where(sql<boolean>`digests @> ${[digest]}::text[]`)
    .execute();
  return rows.map((row) => row.image_id);
}

async function findDue(db: Connection, at: string): Promise<readonly VmiId[]> {
  const rows = await db
    .selectFrom('image_catalog_versions')
    .select('image_id')
    .distinct()
    .where((where) =>
      where.or([
        where.and([where('state', '=', 'active'), where('deprecate_at', '<=', at)]),
        where.and([where('state', 'in', ['active', 'deprecated']), where('revoke_at', '<=', at)]),
      ]),
    )
    .execute();
  return rows.map((row) => row.image_id as VmiId);
}

interface Kept {
  readonly before: ImageRecord | undefined;
  readonly record: ImageRecord | undefined;
  readonly audit: AuditEntry;
}

async function keep(db: Transaction<Tables>, { before, record, audit }: Kept): Promise<void> {
  const { imageId, user, operation, at } = audit;
  if (record === undefined) {
    await db.deleteFrom('image_catalog_images').where('id', '=', imageId).execute();
  } else {
    const image = JSON.stringify(record.image);
    await db
      .insertInto('image_catalog_images')
      .values({ id: imageId, image })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ image }))
      .execute();
    for (const version of changedVersions(before, record)) await keepVersion(db, version);
  }
  await db
    .insertInto('image_catalog_audit')
    .values({ image_id: imageId, actor: user, operation, at })
    .execute();
  await keepOffers(db, imageId, JSON.stringify(record === undefined ? [] : offersOf(record)));
}

function changedVersions(before: ImageRecord | undefined, after: ImageRecord): readonly ImageVersion[] {
  const known = new Map(before?.versions.map((version) => [version.number, JSON.stringify(version)]));
  return after.versions.filter((version) => known.get(version.number) !== JSON.stringify(version));
}

async function keepVersion(db: Transaction<Tables>, version: ImageVersion): Promise<void> {
  const values = {
    state: version.state,
    deprecate_at: version.deprecateAt ?? null,
    revoke_at: version.revokeAt ?? null,
    digests: version.artifacts.map(({ digest }) => digest),
    version: JSON.stringify(version),
  };
  await db
    .insertInto('image_catalog_versions')
    .values({ image_id: version.imageId, number: version.number, ...values })
    .onConflict((conflict) => conflict.columns(['image_id', 'number']).doUpdateSet(values))
    .execute();
}

/** Last in the transaction: the revision's row is locked from here to the commit, so revisions are seen in order. */
async function keepOffers(db: Transaction<Tables>, imageId: string, offers: string): Promise<void> {
  const { revision } = await db
    .updateTable('image_catalog_revision')
    .set({ revision: sql<number>`revision + 1` })
    .returning('revision')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('image_catalog_offers')
    .values({ image_id: imageId, revision, offers })
    .onConflict((conflict) => conflict.column('image_id').doUpdateSet({ revision, offers }))
    .execute();
  await sql`select pg_notify(${channelName}, '')`.execute(db);
}

type OfferRow = Pick<Tables['image_catalog_offers'], 'image_id' | 'offers'>;

/** The next portion comes while the last one is read. */
async function* offersSince(db: Connection, revision: number): AsyncGenerator<readonly OfferChange[]> {
  const readPortion = (after: string): Promise<OfferRow[]> =>
    db
      .selectFrom('image_catalog_offers')
      .select(['image_id', 'offers'])
      .where('revision', '>', revision)
      .where('image_id', '>', after)
      .orderBy('image_id')
      .limit(portion)
      .execute();
  let next: Promise<OfferRow[]> | undefined = readPortion('');
  while (next !== undefined) {
    const rows: OfferRow[] = await next;
    const last = rows.at(-1);
    next = last === undefined || rows.length < portion ? undefined : readPortion(last.image_id);
    yield rows.map((row) => ({ imageId: row.image_id, offers: row.offers }));
  }
}
