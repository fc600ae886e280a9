import { systemClock } from '@trencadis/clock';
import {
  type InfrastructureService,
  type StepWorld,
  createInfrastructureService,
  createPostgresInfrastructureStore,
  infrastructureSteps,
} from '@trencadis/infrastructure';
import { createLog } from '@trencadis/log';
import type { Database } from '@trencadis/postgres';
import { type SagaRunner, createSagaRunner } from '@trencadis/saga';
import { type SimulatedPlatform, type SimulationOptions, simulatePlatform } from './simulated-platform.ts';

/** The infrastructure manager as it is in production, on DBOS and PostgreSQL; only the site is simulated. */
export interface SimulatedManager {
  readonly platform: SimulatedPlatform;
  readonly sagas: SagaRunner<StepWorld>;
  readonly service: InfrastructureService;
}

export interface ManagerDatabase {
  /** Migrated. */
  readonly db: Database;
  readonly url: string;
}

const log = createLog({ name: 'simulated-manager', level: 'silent' });

export async function startManager(
  { db, url }: ManagerDatabase,
  { concurrency, ...options }: SimulationOptions & { readonly concurrency: number },
): Promise<SimulatedManager> {
  const platform = await simulatePlatform({ ...options, store: createPostgresInfrastructureStore(db) });
  const { world, images } = platform;
  const sagas = await createSagaRunner({
    databaseUrl: url,
    db,
    stepKinds: infrastructureSteps,
    makeContext: () => world,
    clock: systemClock,
    concurrency,
    log,
  });
  return { platform, sagas, service: createInfrastructureService({ world, images, sagas }) };
}
