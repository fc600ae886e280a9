import type { VmiId } from '@trencadis/ids';
import type { VmiArtifact } from '../model.ts';
import { readCatalogEntries } from '../read-catalog-entries.ts';
import type { ImageImporter, ImportedImage } from './image-importer.ts';

export interface BuiltImagesParts {
  /** What was built from that entry's recipe into the directory of builds; empty: nothing was. */
  readonly findBuilt: (id: VmiId, directory: string) => Promise<readonly VmiArtifact[]>;
  /** Holds `<id>/vmi.json`. */
  readonly entriesDirectory: string;
}

/** Our own images: what their entries say, bootable where they are built in the source. */
export function createBuiltImagesImporter({ findBuilt, entriesDirectory }: BuiltImagesParts): ImageImporter {
  return {
    name: 'built-images',
    async *read(directory, signal): AsyncGenerator<ImportedImage> {
      for (const entry of await readCatalogEntries(entriesDirectory)) {
        signal.throwIfAborted();
        const { id, name, description, labels = {}, ...metadata } = entry;
        const artifacts = await findBuilt(id, directory);
        yield { id, name, description, labels, metadata, artifacts, warnings: [] };
      }
    },
  };
}
