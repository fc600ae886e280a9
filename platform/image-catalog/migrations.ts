import type { Migration } from '@trencadis/postgres';
import { sql } from 'kysely';
import { publicAcl } from './access.ts';
import { decideRegistration } from './decide-registration.ts';
import { offersOf } from './image-record.ts';
import { vmiSchema } from './vmi-schema.ts';

/** Whoever has the platform's token; owns the images that there were before images had owners. */
const firstOwner = 'operator';

/** The catalog's own tables, for the platform's one Migrator. */
export const imageCatalogMigrations: Record<string, Migration> = {
  'image-catalog-0001-vmis': {
    up: async (db) => {
      await db.schema
        .createTable('image_catalog_vmis')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('vmi', 'jsonb', (column) => column.notNull())
        .execute();
    },
    down: async (db) => {
      await db.schema.dropTable('image_catalog_vmis').execute();
    },
  },
  'image-catalog-0002-versions': { up: makeVersions },
};

type Connection = Parameters<Migration['up']>[0];

/**
 * Images, their versions, and `offers`: what searches may answer with, ready to be read into memory in one go.
 * `image_catalog_revision` is one row that every change updates last, so that revisions become visible in order.
 */
async function makeVersions(db: Connection): Promise<void> {
  await sql`
    create table image_catalog_images (id text primary key, image json not null)`.execute(db);
  await sql`
    create table image_catalog_versions (
      image_id text not null references image_catalog_images on delete cascade,
      number integer not null,
      state text not null,
      deprecate_at text,
      revoke_at text,
      digests text[] not null,
      version json not null,
      primary key (image_id, number)
    )`.execute(db);
  await sql`create index on image_catalog_versions using gin (digests)`.execute(db);
  await sql`
    create index on image_catalog_versions (state)
      where deprecate_at is not null or revoke_at is not null`.execute(db);
  await sql`
    create table image_catalog_offers (
      image_id text primary key, revision bigint not null, offers text not null
    )`.execute(db);
  await sql`create index on image_catalog_offers (revision)`.execute(db);
  await sql`create table image_catalog_revision (revision bigint not null)`.execute(db);
  await sql`
    create table image_catalog_audit (
      id bigint generated always as identity primary key,
      image_id text not null,
      actor text not null,
      operation text not null,
      at text not null
    )`.execute(db);
  await sql`create index on image_catalog_audit (image_id, id)`.execute(db);
  await sql`insert into image_catalog_revision values (1)`.execute(db);
  await moveOldImages(db);
  await sql`drop table image_catalog_vmis`.execute(db);
}

async function moveOldImages(db: Connection): Promise<void> {
  const { rows } = await sql<{ vmi: unknown; now: string }>`
    select vmi, to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now
    from image_catalog_vmis`.execute(db);
  for (const { vmi, now } of rows) {
    const { id, name, description, artifacts, ...metadata } = vmiSchema.parse(vmi);
    const registration = { id, name, description, metadata, artifacts };
    const by = { owner: firstOwner, acl: publicAcl, at: now };
    const { record } = decideRegistration(undefined, registration, by);
    const [version] = record.versions;
    if (version === undefined) continue;
    const digests = artifacts.map(({ digest }) => digest);
    await sql`insert into image_catalog_images values (${id}, ${JSON.stringify(record.image)})`.execute(db);
    await sql`
      insert into image_catalog_versions (image_id, number, state, digests, version)
      values (${id}, 1, ${version.state}, ${digests}, ${JSON.stringify(version)})`.execute(db);
    await sql`insert into image_catalog_offers values (${id}, 1, ${JSON.stringify(offersOf(record))})`.execute(
      db,
    );
  }
}
