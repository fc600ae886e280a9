import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '@trencadis/clock';
import { listen } from '@trencadis/http';
import { createPostgresIdempotencyStore } from '@trencadis/http/idempotency-postgres';
import {
  announceLocalServer,
  infrastructureSteps,
  readOrCreateLocalToken,
  refuseSecondServer,
  withdrawLocalServer,
} from '@trencadis/infrastructure';
import type { Log } from '@trencadis/log';
import { connect, migrate, startPostgres } from '@trencadis/postgres';
import { createSagaRunner } from '@trencadis/saga';
import { type ManagerParts, createManager } from './create-manager.ts';
import { createPlatformServer } from './create-server.ts';
import { createServices } from './create-services.ts';
import { createWorld } from './create-world.ts';
import { imageImport } from './image-import.ts';
import { migrations } from './migrations.ts';
import { openCatalog } from './open-catalog.ts';
import type { Settings } from './settings.ts';

const stepConcurrency = 16;
/** V8 would let garbage grow to several times what lives. Set when all is loaded, as it would cost CPU before. */
const heapGrowth = '--heap-growing-percent=30';

/** The platform's server on the embedded defaults; serves until SIGTERM or SIGINT. */
export async function runPlatform(settings: Settings, log: Log): Promise<void> {
  const { home, databaseUrl, joinsPeers } = settings;
  await mkdir(home, { recursive: true, mode: 0o711 });
  if (!joinsPeers) await refuseSecondServer(home, process.pid);
  // Closed in reverse, also when what follows fails: the database waits for whoever holds a connection.
  await using opened = new AsyncDisposableStack();
  opened.defer(() => withdrawLocalServer(home, process.pid));
  const postgres = await startPostgres({ databaseUrl, directory: join(home, 'postgres'), log });
  opened.defer(() => postgres.stop());
  const database = opened.use(connect(postgres.url, { log }));
  await migrate(database, migrations);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  const catalog = opened.use(await openCatalog(home, { database, log }));
  const world = await createWorld(settings, { database, log, catalog, signal: stop.signal });
  // Unfinished plans go on from here, with all that the world offers.
  const sagas = await createSagaRunner({
    databaseUrl: postgres.url,
    db: database,
    stepKinds: infrastructureSteps,
    makeContext: () => world,
    clock: systemClock,
    concurrency: stepConcurrency,
    log,
  });
  opened.defer(() => sagas.close());
  await serve(settings, { log, database, catalog, world, sagas, stop });
}

interface Parts extends ManagerParts {
  readonly stop: AbortController;
}

async function serve(settings: Settings, parts: Parts): Promise<void> {
  const { home, host, port, joinsPeers } = settings;
  const { log, database, catalog, world, stop } = parts;
  const services = createServices({ database, catalog, world });
  await services.importOwn();
  const { components: repository, delivery } = world;
  await repository.collectGarbage();
  const imagesDirectory = join(home, 'images');
  const importImages = imageImport({ service: catalog, imagesDirectory, sites: world.sites });
  const manager = createManager(parts, { intervalMs: settings.reconcileIntervalS * 1000 });
  const server = await createPlatformServer({
    ...manager,
    log,
    signal: stop.signal,
    operatorToken: await readOrCreateLocalToken(home),
    tokenIssuers: settings.tokenIssuers,
    serviceTokens: world.serviceTokens,
    world,
    images: { service: catalog, importImages },
    services,
    components: { repository, ...(delivery === undefined ? {} : { delivery }) },
    idempotencyKeys: createPostgresIdempotencyStore(database, systemClock),
    clock: systemClock,
  });
  const closed = new Promise<void>((resolve) => server.addHook('onClose', async () => resolve()));
  const url = await listen(server, { host, port });
  if (!joinsPeers) await announceLocalServer(home, { url, pid: process.pid });
  manager.reconciler.start();
  manager.deployedServices.controller.start();
  setFlagsFromString(heapGrowth);
  log.info({ url, home }, 'the platform is ready');
  await closed;
  await Promise.all([manager.reconciler.close(), manager.deployedServices[Symbol.asyncDispose]()]);
}
