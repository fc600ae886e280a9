import type { Sha256, VmiId } from '@trencadis/ids';
import { readCatalogEntries } from '../read-catalog-entries.ts';
import type { ImageImporter, ImportedImage } from './image-importer.ts';

export interface BuiltImagesParts {
  /** The image built from that entry's recipe into the directory of builds; `undefined`: it was not built. */
  readonly findBuilt: (
    id: VmiId,
    directory: string,
  ) => Promise<{ readonly location: string; readonly digest: Sha256 } | undefined>;
  /** Holds `<id>/vmi.json`. */
  readonly entriesDirectory: string;
}

/** Our own images: what their entries say, bootable by the local VM manager where they are built in the source. */
export function createBuiltImagesImporter({ findBuilt, entriesDirectory }: BuiltImagesParts): ImageImporter {
  return {
    name: 'built-images',
    async *read(directory, signal): AsyncGenerator<ImportedImage> {
      for (const entry of await readCatalogEntries(entriesDirectory)) {
        signal.throwIfAborted();
        const { id, name, description, labels = {}, ...metadata } = entry;
        const built = await findBuilt(id, directory);
        const artifacts = built === undefined ? [] : [{ vmm: 'local', format: 'rootfs', ...built }];
        yield { id, name, description, labels, metadata, artifacts, warnings: [] };
      }
    },
  };
}
