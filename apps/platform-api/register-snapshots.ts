import type { ImageService, Vmi } from '@trencadis/image-catalog';
import { brandId } from '@trencadis/ids';
import type { SnapshotCatalog } from '@trencadis/infrastructure';
import { catalogOperator, imageCallerOfOwner } from './image-caller.ts';

const unknownOriginal: Pick<Vmi, 'name' | 'architecture' | 'operatingSystem' | 'applications' | 'standIns'> =
  {
    name: 'an image that is not in the catalog',
    architecture: 'x86_64',
    operatingSystem: { name: 'linux', flavour: '', version: '' },
    applications: [],
    standIns: [],
  };

/** Images made from VMs are their owner's, and have what the images that the VMs were made from have. */
export function registerSnapshots(catalog: Pick<ImageService, 'register' | 'withArtifact'>): SnapshotCatalog {
  return {
    register: async ({ owner, name, vmm, product, image, madeFrom }) => {
      const [original = unknownOriginal] = await catalog.withArtifact(catalogOperator, madeFrom);
      const { architecture, operatingSystem, applications, standIns } = original;
      const metadata = { architecture, operatingSystem, applications, standIns };
      const registration = {
        id: brandId('VmiId', name),
        name,
        description: `Made from a VM of ${original.name}`,
        metadata,
        artifacts: [{ vmm: product, endpoint: vmm, ...image }],
      };
      await catalog.register(imageCallerOfOwner(owner), registration, { isSeen: true });
    },
  };
}
