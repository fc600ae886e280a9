import { systemClock } from '@trencadis/clock';
import type { AuditSink } from '@trencadis/infrastructure';
import type { ReconcilerParts } from '@trencadis/infrastructure/services';
import type { Log } from '@trencadis/log';
import type { Database } from '@trencadis/postgres';
import {
  InfrastructureFleet,
  InfrastructureNativeGroups,
  ServiceControl,
  type ServiceController,
  createMeasuring,
  createPostgresLeadership,
  createPostgresServiceStore,
  createServiceController,
} from '@trencadis/service-controller';

interface Parts {
  readonly database: Database;
  readonly log: Log;
  /** What the reconciler works with: replicas are kept through plans, as everything is. */
  readonly infrastructures: ReconcilerParts;
  readonly audit: AuditSink;
}

/** Deployed services: what keeps them, and what people ask of them. */
export interface Services extends AsyncDisposable {
  readonly controller: ServiceController;
  readonly control: ServiceControl;
}

export function openServices({ database, log, infrastructures, audit }: Parts): Services {
  const clock = systemClock;
  const fleet = new InfrastructureFleet(infrastructures);
  const store = createPostgresServiceStore(database);
  const leadership = createPostgresLeadership({ database, clock, log });
  const measuring = createMeasuring({
    clock,
    wayTo: (group, { name }, signal) => fleet.wayTo(group, name, signal),
  });
  const controller = createServiceController({ fleet, store, leadership, measuring, clock, log });
  const native = new InfrastructureNativeGroups(infrastructures);
  const control = new ServiceControl({ fleet, store, leadership, controller, clock, audit, native });
  return {
    controller,
    control,
    [Symbol.asyncDispose]: async () => {
      await controller.close();
      await measuring[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}
