import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@trencadis/log';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres, stopEmbeddedPostgres } from '../embedded-postgres.ts';
import { findLeftoverDirectories, testDirectoryPrefix } from './leftover-directories.ts';

const log = createLog({ name: 'test-postgres', level: 'warn' });

/** One PostgreSQL for the whole test run; what it loses in a power cut nobody misses, so nothing is synced. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await Promise.all((await findLeftoverDirectories()).map(stopAndRemove));
  const directory = await mkdtemp(join(tmpdir(), testDirectoryPrefix(process.pid)));
  const server = await startEmbeddedPostgres({
    directory,
    log,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  project.provide('postgresUrl', server.url);
  return () => stopAndRemove(directory);
}

async function stopAndRemove(directory: string): Promise<void> {
  await stopEmbeddedPostgres(directory, log);
  await rm(directory, { recursive: true, force: true });
}
