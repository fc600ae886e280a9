import { readFile } from 'node:fs/promises';
import { type TestDatabase, freshDatabase } from '@trencadis/postgres/testing';

/** The text of database.sql, as a deployment applies it. */
export async function readDatabaseDefinition(): Promise<string> {
  return await readFile(new URL('../database.sql', import.meta.url), 'utf8');
}

/** A database of its own with the Key Server's tables. */
export async function freshKeyDatabase(): Promise<TestDatabase> {
  const database = await freshDatabase();
  await database.db.pool.query(await readDatabaseDefinition());
  return database;
}
