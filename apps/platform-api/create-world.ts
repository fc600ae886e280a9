import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AuditLog, createPostgresAuditLog } from '@trencadis/audit';
import { createHaproxyBalancer } from '@trencadis/balancer-haproxy';
import { systemClock } from '@trencadis/clock';
import { type ComponentRepository, openComponentRepository } from '@trencadis/component-repository';
import { createAnsibleConfigurator } from '@trencadis/configurator-ansible';
import { createCloudInitConfigurator } from '@trencadis/configurator-cloud-init';
import { createPuppetConfigurator } from '@trencadis/configurator-puppet';
import type { Configurator } from '@trencadis/contextualization';
import type { ImageService } from '@trencadis/image-catalog';
import {
  type InfrastructureStore,
  type StepWorld,
  createPostgresInfrastructureStore,
  createVault,
} from '@trencadis/infrastructure';
import type { Log } from '@trencadis/log';
import type { Database } from '@trencadis/postgres';
import { createSshShellDriver } from '@trencadis/remote-shell-ssh';
import { type ServiceTokens, createServiceTokens } from '@trencadis/service-controller';
import { type SealingKey, derivedKey, parseSealingKey, readOrCreateKeyFile } from '@trencadis/sealing';
import { createPostgresServiceStore } from '@trencadis/service-repository';
import { createLocalVmm } from '@trencadis/vmm-local';
import type { VmmSites } from '@trencadis/vmm-sites';
import { operatorCaller } from './authenticate-caller.ts';
import { openSites } from './open-sites.ts';
import { registerSnapshots } from './register-snapshots.ts';
import { serviceReferences } from './service-references.ts';
import type { Settings } from './settings.ts';
import { type Delivery, openDelivery } from './start-delivery.ts';

const modulesDirectory = fileURLToPath(new URL('../../service-descriptions/modules', import.meta.url));

interface Parts {
  readonly database: Database;
  readonly log: Log;
  readonly catalog: ImageService;
  /** Ends the delivery of components. */
  readonly signal: AbortSignal;
}

export type World = StepWorld & {
  readonly serviceTokens: ServiceTokens;
  readonly delivery?: Delivery;
  readonly audit: AuditLog;
  readonly sites: VmmSites;
};

/** The drivers of the embedded default, with everything that they keep under the home; machines can fetch components from now on. */
export async function createWorld(
  settings: Settings,
  { database, log, catalog, signal }: Parts,
): Promise<World> {
  const { home, trustedComponentKeys: trustedKeys, requireSignedComponents: isRequired } = settings;
  const store = createPostgresInfrastructureStore(database);
  const sealingKey = await sealingKeyOf(settings);
  const services = createPostgresServiceStore(database);
  const components: ComponentRepository = openComponentRepository({
    directory: join(home, 'components'),
    signatures: { trustedKeys, isRequired },
    findReferences: (component) => serviceReferences({ services, components }, component),
  });
  const parts = { repository: components, clock: systemClock, log, signal };
  const delivery = await openDelivery(settings, parts);
  const audit = createPostgresAuditLog(database, systemClock);
  const local = createLocalVmm({ directory: join(home, 'local') });
  const usedBy = (key: string) => infrastructuresAt(store, key);
  const sites = openSites({ database, sealingKey, audit, local, usedBy });
  return {
    serviceTokens: createServiceTokens({ key: derivedKey(sealingKey, 'service tokens'), clock: systemClock }),
    vmms: sites,
    ...enginesOf(sites),
    audit,
    sites,
    shells: createSshShellDriver(),
    configurators: new Map<string, Configurator>([
      ['puppet', createPuppetConfigurator({ modulesDirectory })],
      ['ansible', createAnsibleConfigurator()],
      ['cloud-init', createCloudInitConfigurator()],
    ]),
    snapshots: registerSnapshots(catalog),
    components,
    ...(delivery === undefined ? {} : { delivery }),
    store,
    vault: createVault({ store, sealingKey, clock: systemClock }),
    clock: systemClock,
  };
}

/** What balances services: HAProxy on VMs of ours, and what VM managers have of their own; what keeps them there. */
function enginesOf(sites: VmmSites): Pick<StepWorld, 'balancers' | 'scalingGroups'> {
  return {
    balancers: {
      onHosts: (hosts) => createHaproxyBalancer({ hosts, clock: systemClock }),
      at: (key) => sites.balancerAt(key),
    },
    scalingGroups: { at: (key) => sites.scalingGroupsAt(key) },
  };
}

/** Several servers on one database need the same one. */
async function sealingKeyOf({ home, sealingKey }: Settings): Promise<SealingKey> {
  return sealingKey === undefined
    ? readOrCreateKeyFile(join(home, 'sealing.key'))
    : parseSealingKey(sealingKey.trim());
}

/** Living ones of all owners that have, or may have, something at that VM manager. */
async function infrastructuresAt(store: InfrastructureStore, key: string): Promise<readonly string[]> {
  const all = await store.list(operatorCaller);
  return all.filter(({ vmms }) => vmms.includes(key)).map(({ id }) => id);
}
