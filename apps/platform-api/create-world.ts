import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@trencadis/clock';
import {
  type ComponentRepository,
  type SignaturePolicy,
  openComponentRepository,
} from '@trencadis/component-repository';
import { createPuppetConfigurator } from '@trencadis/configurator-puppet';
import { type StepWorld, createPostgresInfrastructureStore, createVault } from '@trencadis/infrastructure';
import type { Database } from '@trencadis/postgres';
import { createSshShellDriver } from '@trencadis/remote-shell-ssh';
import { readOrCreateKeyFile } from '@trencadis/sealing';
import { createPostgresServiceStore } from '@trencadis/service-repository';
import { createLocalVmm } from '@trencadis/vmm-local';
import { serviceReferences } from './service-references.ts';

const modulesDirectory = fileURLToPath(new URL('../../service-descriptions/modules', import.meta.url));

/** The drivers of the embedded default, with everything that they keep under `home`. */
export async function createWorld(
  home: string,
  database: Database,
  signatures: SignaturePolicy,
): Promise<StepWorld> {
  const store = createPostgresInfrastructureStore(database);
  const sealingKey = await readOrCreateKeyFile(join(home, 'sealing.key'));
  const services = createPostgresServiceStore(database);
  const components: ComponentRepository = openComponentRepository({
    directory: join(home, 'components'),
    signatures,
    findReferences: (component) => serviceReferences({ services, components }, component),
  });
  return {
    vmms: new Map([['local', createLocalVmm({ directory: join(home, 'local') })]]),
    shells: createSshShellDriver(),
    configurators: new Map([['puppet', createPuppetConfigurator({ modulesDirectory })]]),
    components,
    store,
    vault: createVault({ store, sealingKey, clock: systemClock }),
    clock: systemClock,
  };
}
