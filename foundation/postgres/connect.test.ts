import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { type Migration, isUniqueViolation, migrate } from './index.ts';
import { freshDatabase } from './testing/index.ts';

const createStudy: Migration = {
  up: (db) =>
    db.schema
      .createTable('study')
      .addColumn('id', 'bigint', (column) => column.primaryKey())
      .execute(),
};
interface Tables {
  study: { id: number };
}

describe('connect and migrate', () => {
  it('applies each migration once, also when two processes start together', async () => {
    await using fresh = await freshDatabase();
    const migrations = { 'study-0001-table': createStudy };
    const applied = await Promise.all([migrate(fresh.db, migrations), migrate(fresh.db, migrations)]);
    expect(applied.flat()).toEqual(['study-0001-table']);
    expect(
      await migrate(fresh.db, { ...migrations, 'audit-0001-nothing': { up: () => Promise.resolve() } }),
    ).toEqual(['audit-0001-nothing']);
  });

  it('names the migration that failed and changes nothing', async () => {
    await using fresh = await freshDatabase();
    const broken: Migration = { up: (db) => sql`create table`.execute(db).then(() => undefined) };
    await expect(
      migrate(fresh.db, { 'study-0001-table': createStudy, 'study-0002-broken': broken }),
    ).rejects.toThrow("'study-0002-broken' failed");
    await expect(fresh.db.pool.query('select from study')).rejects.toThrow('does not exist');
  });

  it('reads bigint as a number and refuses to round one', async () => {
    await using fresh = await freshDatabase();
    await migrate(fresh.db, { 'study-0001-table': createStudy });
    const tables = fresh.db.tables<Tables>();
    await tables.insertInto('study').values({ id: 12 }).execute();
    expect(await tables.selectFrom('study').select('id').execute()).toEqual([{ id: 12 }]);
    await expect(fresh.db.pool.query('select 9007199254740993::bigint')).rejects.toThrow('does not fit');
  });

  it('recognizes a row that exists already', async () => {
    await using fresh = await freshDatabase();
    await migrate(fresh.db, { 'study-0001-table': createStudy });
    const insert = () => fresh.db.tables<Tables>().insertInto('study').values({ id: 1 }).execute();
    await insert();
    const error: unknown = await insert().catch((reason: unknown) => reason);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'study_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'other')).toBe(false);
    expect(isUniqueViolation(new Error('23505'))).toBe(false);
  });
});
