import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ImageStore, readCatalogEntries } from '@trencadis/image-catalog';
import { findBuiltImage, listRecipes, loadRecipe } from '@trencadis/images';

const entriesFolder = dirname(fileURLToPath(import.meta.resolve('@trencadis/images')));

/** The paper's Table 1 into the catalog, with an artifact for the local VM manager where the image is built here. */
export async function importBuiltImages(store: ImageStore, imagesDirectory: string): Promise<void> {
  const [entries, recipeIds] = await Promise.all([readCatalogEntries(entriesFolder), listRecipes()]);
  for (const entry of entries) {
    const image = recipeIds.includes(entry.id)
      ? await findBuiltImage(await loadRecipe(entry.id), imagesDirectory)
      : undefined;
    const artifacts = image ? [{ vmm: 'local', location: image.rootfs, digest: image.digest }] : [];
    await store.put({ ...entry, artifacts });
  }
}
