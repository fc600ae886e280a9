import type { Handlers } from '@trencadis/http';
import type { ImageView, imageApi } from './api.ts';
import type { Vmi } from './model.ts';
import type { ImageStore } from './store.ts';

export interface ImageHandlersParts {
  readonly store: Pick<ImageStore, 'list'>;
  /** Puts what was built on this host since into the store. */
  readonly importBuilt: () => Promise<void>;
}

export function imageHandlers({
  store,
  importBuilt,
}: ImageHandlersParts): Handlers<typeof imageApi, unknown> {
  const listImages = async () => ({ images: (await store.list()).map(viewOf) });
  return {
    listImages,
    importImages: async () => {
      await importBuilt();
      return listImages();
    },
  };
}

function viewOf({ id, name, description, operatingSystem, applications, artifacts }: Vmi): ImageView {
  return {
    id,
    name,
    description,
    operatingSystem,
    applications: applications.map(({ name: application, version }) => ({
      name: application,
      ...(version === undefined ? {} : { version }),
    })),
    vmms: artifacts.map((artifact) => artifact.vmm),
  };
}
