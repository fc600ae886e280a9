import { fileURLToPath } from 'node:url';
import { systemClock } from '@trencadis/clock';
import type { ImageService } from '@trencadis/image-catalog';
import type { StepWorld } from '@trencadis/infrastructure';
import { isPlatformError } from '@trencadis/errors';
import type { VmiId } from '@trencadis/ids';
import type { Database } from '@trencadis/postgres';
import {
  type ServiceRepository,
  createPostgresServiceStore,
  createServiceRepository,
  readServiceDescriptions,
} from '@trencadis/service-repository';
import { catalogOperator } from './image-caller.ts';

const descriptionsDirectory = fileURLToPath(new URL('../../service-descriptions', import.meta.url));

interface Parts {
  readonly database: Database;
  readonly catalog: ImageService;
  readonly world: Pick<StepWorld, 'components' | 'configurators'>;
}

/** The service repository over what the other two hold, with the documents of the paper's Table 3 as its own. */
export function createServices({ database, catalog, world }: Parts): ServiceRepository {
  return createServiceRepository({
    store: createPostgresServiceStore(database),
    // What is registered is for everybody, so what the platform itself may see counts.
    offers: async (vmis) => ({
      vmis: await knownImages(catalog, vmis),
      matchImages: (requirements) => catalog.match(catalogOperator, requirements, { limit: 1 }),
      components: await world.components.list(),
      configurators: world.configurators,
    }),
    own: () => readServiceDescriptions(descriptionsDirectory),
    clock: systemClock,
  });
}

async function knownImages(catalog: ImageService, ids: readonly VmiId[]): Promise<ReadonlySet<VmiId>> {
  const found = await Promise.all(
    [...new Set(ids)].map(async (id) => ((await isKnown(catalog, id)) ? [id] : [])),
  );
  return new Set(found.flat());
}

async function isKnown(catalog: ImageService, id: VmiId): Promise<boolean> {
  try {
    await catalog.get(catalogOperator, id);
    return true;
  } catch (error) {
    if (isPlatformError(error, 'not-found')) return false;
    throw error;
  }
}
