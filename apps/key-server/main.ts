import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { pollUntil, systemClock } from '@trencadis/clock';
import { toPlatformError } from '@trencadis/errors';
import { listen } from '@trencadis/http';
import { createKeyServer, createPostgresKeyStore } from '@trencadis/key-server';
import { type Log, createLog } from '@trencadis/log';
import { connect } from '@trencadis/postgres';
import { parseSealingKey } from '@trencadis/sealing';
import manifest from './component.json' with { type: 'json' };
import { type Settings, databaseUrlOf, readSettings } from './settings.ts';

const usage = `Usage: key-server --config FILE

Serves the TRENCADIS Key Server over HTTPS: it holds one share of the key of each encrypted object.
FILE is the JSON that a deployment writes: host, port, database, secrets, parameters, tls.
GET /healthz and /readyz say how it is; SIGTERM stops it.
`;

/** Serves until the signal aborts. A database that is not there yet is waited for, and /readyz says so. */
async function serve(settings: Settings, log: Log, signal: AbortSignal): Promise<void> {
  const { tls, secrets, parameters, host, port } = settings;
  await using database = connect(databaseUrlOf(settings), { log });
  const store = createPostgresKeyStore(database);
  const server = await createKeyServer({
    store,
    sealingKey: parseSealingKey(secrets['sealing-key']),
    tokenIssuers: parameters['token-issuers'],
    clock: systemClock,
    log,
    version: manifest.version,
    tls: {
      certificatePem: await readFile(tls.certificateFile, 'utf8'),
      privateKeyPem: await readFile(tls.privateKeyFile, 'utf8'),
    },
    signal,
  });
  const closed = new Promise<void>((resolve) => server.addHook('onClose', async () => resolve()));
  log.info({ url: await listen(server, { host, port }) }, 'listening');
  await sayWhenReady(() => store.checkReady(), log, signal);
  await closed;
}

/** Whatever keeps the database away is for its operators to mend; this process goes on asking. */
async function sayWhenReady(checkReady: () => Promise<void>, log: Log, signal: AbortSignal): Promise<void> {
  let lastReason = '';
  const probe = async (): Promise<true | undefined> => {
    const error = await checkReady().then(() => undefined, toPlatformError);
    if (error === undefined) return true;
    if (error.message !== lastReason) log.warn({ error }, 'not ready; trying again until it is');
    lastReason = error.message;
    return undefined;
  };
  try {
    await pollUntil(probe, {
      clock: systemClock,
      everyMs: 2_000,
      deadlineMs: Number.POSITIVE_INFINITY,
      signal,
    });
    log.info({}, 'ready');
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help === true || values.config === undefined) {
    (values.help === true ? process.stdout : process.stderr).write(usage);
    process.exitCode = values.help === true ? 0 : 2;
    return;
  }
  const log = createLog({ name: 'key-server' });
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  try {
    await serve(await readSettings(values.config), log, stop.signal);
    log.info({}, 'stopped');
  } catch (error) {
    log.error({ error }, 'cannot serve');
    process.exitCode = 1;
  }
}

await main();
