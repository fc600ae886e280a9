import { systemClock as clock } from '@trencadis/clock';
import { type InfrastructureId, sha256OfText } from '@trencadis/ids';
import { type Fleet, ServiceControl, type ServiceStore } from '@trencadis/service-controller';
import {
  LocalLeadership,
  createMemoryServiceStore,
  exampleSpec,
} from '@trencadis/service-controller/testing';
import { deployed } from './valid-requests.ts';

/** Each infrastructure that is asked for has one service with one replica, and nothing keeps it. */
export function createKnownServices(): { readonly control: ServiceControl; readonly store: ServiceStore } {
  const store = createMemoryServiceStore();
  const control = new ServiceControl({
    fleet: new OneServiceEach(),
    store,
    leadership: new LocalLeadership({ clock }),
    controller: { viewOf: () => undefined },
    clock,
  });
  return { control, store };
}

/** What is kept of it, so that its replica is known. */
export async function keepService(store: ServiceStore, infrastructureId: InfrastructureId): Promise<void> {
  const replica = { since: 0, failures: 0, passes: 0 };
  await store.insertGroup({
    infrastructureId,
    serviceId: deployed.service,
    state: {
      desired: 2,
      suspended: [],
      replicas: { [deployed.replica]: replica },
      launches: {},
      scaling: { policies: {}, recommendations: [], changes: [] },
      roll: { startedAt: 0, total: 2, rolled: 0, progressAt: 0, checkpointsPassed: 0 },
    },
  });
}

class OneServiceEach implements Fleet {
  async listGroups(_signal: AbortSignal, only: readonly InfrastructureId[] = []) {
    return only.map((infrastructureId) => ({
      infrastructureId,
      serviceId: deployed.service,
      infrastructureName: infrastructureId,
      owner: 'ana',
      documentDigest: sha256OfText(deployed.service),
      spec: exampleSpec(),
      counts: { '': 2 },
    }));
  }

  async observeVms() {
    return { replicas: [], answeredAt: {} };
  }

  async describeBalancer() {
    return undefined;
  }

  async plan() {
    return undefined;
  }

  async planRollBack() {
    return undefined;
  }

  async start() {}

  async outcome() {
    return undefined;
  }

  async signalHook() {}

  onChange() {
    return () => {};
  }
}
