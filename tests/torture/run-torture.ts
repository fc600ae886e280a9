/**
 * `node tests/torture/run-torture.ts --kills 1000 --seed 1`: kills the real platform at random moments, see torture.ts.
 * Prints a line a round, and ends with 1 at the first thing that is wrong.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLog } from '@trencadis/log';
import { startEmbeddedPostgres } from '@trencadis/postgres';
import { torture } from './torture.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    users: { type: 'string', default: '6' },
  },
});
const directory = await mkdtemp(join(tmpdir(), 'trencadis-torture-postgres-'));
const log = createLog({ name: 'torture', level: 'warn' });
const began = performance.now();
const report = (line: string) => {
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(`${seconds} s: ${line}\n`);
};
const server = await startEmbeddedPostgres({ directory, log, settings: { fsync: 'off' } });
try {
  const result = await torture({
    databaseUrl: server.url,
    kills: Number(values.kills),
    seed: Number(values.seed),
    users: Number(values.users),
    killsARound: 25,
    report,
  });
  report(
    `${result.kills} kills, ${result.infrastructures} infrastructures: 0 orphans, 0 duplicates, 0 stuck`,
  );
} catch (error) {
  report(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
} finally {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
