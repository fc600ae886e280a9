import { fileURLToPath } from 'node:url';
import { systemClock } from '@trencadis/clock';
import type { ImageStore } from '@trencadis/image-catalog';
import type { StepWorld } from '@trencadis/infrastructure';
import { PlatformError } from '@trencadis/errors';
import type { Database } from '@trencadis/postgres';
import {
  type ServiceRepository,
  createPostgresServiceStore,
  createServiceRepository,
  readServiceDescriptions,
} from '@trencadis/service-repository';

const descriptionsDirectory = fileURLToPath(new URL('../../service-descriptions', import.meta.url));

interface Parts {
  readonly database: Database;
  readonly images: Pick<ImageStore, 'list'>;
  readonly world: Pick<StepWorld, 'components' | 'configurators'>;
}

/** The service repository over what the other two hold, with the documents of the paper's Table 3 as its own. */
export function createServices({ database, images, world }: Parts): ServiceRepository {
  const configurator = world.configurators.get('puppet');
  if (configurator === undefined)
    throw new PlatformError('internal', 'The platform has no configurator for Puppet.');
  return createServiceRepository({
    store: createPostgresServiceStore(database),
    offers: async () => ({
      vmis: await images.list(),
      components: await world.components.list(),
      configurator,
    }),
    own: () => readServiceDescriptions(descriptionsDirectory),
    clock: systemClock,
  });
}
