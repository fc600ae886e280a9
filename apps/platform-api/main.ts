import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { listen } from '@trencadis/http';
import { createPostgresIdempotencyStore } from '@trencadis/http/idempotency-postgres';
import { createImageFinder } from '@trencadis/image-catalog';
import {
  type StepWorld,
  announceLocalServer,
  createInfrastructureService,
  infrastructureSteps,
  readOrCreateLocalToken,
  refuseSecondServer,
  withdrawLocalServer,
} from '@trencadis/infrastructure';
import { type Log, createLog } from '@trencadis/log';
import { type Database, connect, migrate, startPostgres } from '@trencadis/postgres';
import { type SagaRunner, createSagaRunner } from '@trencadis/saga';
import { createPlatformServer } from './create-server.ts';
import { createServices } from './create-services.ts';
import { type World, createWorld } from './create-world.ts';
import { imageCallerOfOwner } from './image-caller.ts';
import { imageImport } from './image-import.ts';
import { migrations } from './migrations.ts';
import { accountsInPlans, openAccounts } from './open-accounts.ts';
import { openCatalog } from './open-catalog.ts';
import { type Settings, readSettings } from './settings.ts';

const stepConcurrency = 16;

/** The platform's server on the embedded defaults; serves until SIGTERM or SIGINT. */
async function main(settings: Settings, log: Log): Promise<void> {
  const { home, databaseUrl } = settings;
  await mkdir(home, { recursive: true, mode: 0o711 });
  await refuseSecondServer(home, process.pid);
  const postgres = await startPostgres({ databaseUrl, directory: join(home, 'postgres'), log });
  await using database = connect(postgres.url, { log });
  await migrate(database, migrations);
  const stop = new AbortController();
  const world = await createWorld(settings, { database, log, signal: stop.signal });
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
  await serve(settings, { log, database, world, sagas, stop });
  await sagas.close();
  await postgres.stop();
  await withdrawLocalServer(home);
}

interface Parts {
  readonly log: Log;
  readonly database: Database;
  readonly world: World;
  readonly sagas: SagaRunner<StepWorld>;
  readonly stop: AbortController;
}

async function serve(settings: Settings, { log, database, world, sagas, stop }: Parts): Promise<void> {
  const { home, host, port } = settings;
  await using catalog = await openCatalog(home, { database, log });
  const { store, audit, sites } = world;
  const accounts = openAccounts({ database, audit, store, sites });
  const images = createImageFinder(catalog, imageCallerOfOwner);
  const services = createServices({ database, catalog, world });
  await services.importOwn();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  const { components: repository, delivery } = world;
  await repository.collectGarbage();
  const server = await createPlatformServer({
    log,
    signal: stop.signal,
    operatorToken: await readOrCreateLocalToken(home),
    tokenIssuers: settings.tokenIssuers,
    accounts,
    audit,
    sites,
    service: createInfrastructureService({ world, images, sagas, ...accountsInPlans({ accounts, audit }) }),
    sagas,
    images: { service: catalog, importImages: imageImport(catalog, join(home, 'images')) },
    services,
    components: { repository, ...(delivery === undefined ? {} : { delivery }) },
    idempotencyKeys: createPostgresIdempotencyStore(database, systemClock),
    clock: systemClock,
  });
  const closed = new Promise<void>((resolve) => server.addHook('onClose', async () => resolve()));
  const url = await listen(server, { host, port });
  await announceLocalServer(home, { url, pid: process.pid });
  log.info({ url, home }, 'the platform is ready');
  await closed;
}

const settings = readSettings();
await main(settings, createLog({ name: 'platform-api', level: settings.logLevel }));
