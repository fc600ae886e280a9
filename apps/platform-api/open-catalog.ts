import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { ArtifactFiles, ImageService, createPostgresCatalogStore } from '@trencadis/image-catalog';
import type { Log } from '@trencadis/log';
import type { Database } from '@trencadis/postgres';
import { catalogOperator } from './image-caller.ts';
import { imageImport } from './image-import.ts';

const importDeadlineMs = 60_000;

/** The image catalog, with what was built on this host since it was open last. */
export async function openCatalog(
  home: string,
  { database, log }: { readonly database: Database; readonly log: Log },
): Promise<ImageService> {
  const files = new ArtifactFiles(join(home, 'image-files'));
  const store = createPostgresCatalogStore(database);
  const catalog = await ImageService.open({ store, files, clock: systemClock, log });
  await imageImport({ service: catalog, imagesDirectory: join(home, 'images') })(
    catalogOperator,
    undefined,
    AbortSignal.timeout(importDeadlineMs),
  );
  return catalog;
}
