import type { AccountService } from '@trencadis/accounts';
import type { AuditLog } from '@trencadis/audit';
import { systemClock } from '@trencadis/clock';
import { type ImageService, createImageFinder } from '@trencadis/image-catalog';
import {
  type AuditSink,
  type InfrastructureService,
  type Reconciler,
  type ReconcilerOptions,
  StatusCache,
  type StepWorld,
  createInfrastructureService,
  createReconciler,
} from '@trencadis/infrastructure';
import type { InfrastructureId } from '@trencadis/ids';
import type { Log } from '@trencadis/log';
import type { Database } from '@trencadis/postgres';
import type { SagaRunner } from '@trencadis/saga';
import type { VmmSites } from '@trencadis/vmm-sites';
import type { World } from './create-world.ts';
import { imageCallerOfOwner } from './image-caller.ts';
import { accountsInPlans, openAccounts } from './open-accounts.ts';
import { type Services, openServices } from './open-services.ts';

export interface ManagerParts {
  readonly log: Log;
  readonly database: Database;
  readonly catalog: ImageService;
  readonly world: World;
  readonly sagas: SagaRunner<StepWorld>;
}

/** The infrastructure manager with the users that it knows, and what it does by itself. */
export interface Manager {
  readonly accounts: AccountService;
  readonly audit: AuditLog;
  /** The audit log, as the infrastructure manager writes it. */
  readonly noted: AuditSink;
  readonly sites: VmmSites;
  readonly service: InfrastructureService;
  readonly statuses: StatusCache;
  readonly sagas: SagaRunner<StepWorld>;
  readonly reconciler: Reconciler;
  /** Deployed services and what keeps them. */
  readonly deployedServices: Services;
}

export function createManager(
  { log, database, catalog, world, sagas }: ManagerParts,
  options: ReconcilerOptions,
): Manager {
  const { store, audit, sites } = world;
  const accounts = openAccounts({ database, audit, store, sites });
  const owners = accountsInPlans({ accounts, audit });
  const images = createImageFinder(catalog, imageCallerOfOwner);
  const parts = { world, images, sagas, ...owners };
  const service = createInfrastructureService(parts);
  const statuses = new StatusCache(service, systemClock);
  const reconciling = { ...parts, log, onChange: (id: InfrastructureId) => statuses.forget(id) };
  const reconciler = createReconciler(reconciling, options);
  const noted = owners.audit;
  const deployedServices = openServices({ database, log, infrastructures: reconciling, audit: noted });
  return { accounts, audit, noted, sites, service, statuses, sagas, reconciler, deployedServices };
}
