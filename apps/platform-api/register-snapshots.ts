import type { ImageService } from '@trencadis/image-catalog';
import { brandId } from '@trencadis/ids';
import type { SnapshotCatalog } from '@trencadis/infrastructure';
import { catalogOperator, imageCallerOfOwner } from './image-caller.ts';

/** Images made from VMs are their owner's, and have what the images that the VMs were made from have. */
export function registerSnapshots(catalog: Pick<ImageService, 'register' | 'withArtifact'>): SnapshotCatalog {
  return {
    register: async ({ owner, name, product, image, madeFrom }) => {
      const [original] = await catalog.withArtifact(catalogOperator, madeFrom);
      const metadata = {
        architecture: original?.architecture ?? 'x86_64',
        operatingSystem: original?.operatingSystem ?? { name: 'linux', flavour: '', version: '' },
        applications: original?.applications ?? [],
        standIns: original?.standIns ?? [],
      };
      await catalog.register(imageCallerOfOwner(owner), {
        id: brandId('VmiId', name),
        name,
        description: `Made from a VM of ${original?.name ?? 'an image that is not in the catalog'}`,
        metadata,
        artifacts: [{ vmm: product, ...image }],
      });
    },
  };
}
