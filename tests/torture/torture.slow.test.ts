import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@trencadis/log';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@trencadis/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { torture } from './torture.ts';

let directory: string;
let server: EmbeddedPostgres;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trencadis-torture-postgres-'));
  const log = createLog({ name: 'torture', level: 'silent' });
  server = await startEmbeddedPostgres({ directory, log, settings: { fsync: 'off' } });
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

it('survives 25 kills with nothing lost, left behind, made twice or stuck', async () => {
  const report = (line: string) => void process.stdout.write(`${line}\n`);
  const parts = { databaseUrl: server.url, kills: 25, seed: 25, users: 4, killsARound: 25, report };
  const { kills, infrastructures } = await torture(parts);
  expect(kills).toBe(25);
  expect(infrastructures).toBeGreaterThan(3);
});
