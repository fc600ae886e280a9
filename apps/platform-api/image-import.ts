import { PlatformError } from '@trencadis/errors';
import {
  type ImageAcl,
  type ImageCaller,
  type ImageHandlersParts,
  type ImageImporter,
  type ImageService,
  type ImportedImage,
  type TakenUp,
  createBuiltImagesImporter,
  createOvfImporter,
  createSimplestreamsImporter,
  privateAcl,
  publicAcl,
} from '@trencadis/image-catalog';
import { entriesDirectory, findBuiltImage, listRecipes, loadRecipe } from '@trencadis/images';
import type { Caller } from '@trencadis/accounts';

const builtImages = createBuiltImagesImporter({
  entriesDirectory,
  findBuilt: async (id, directory) => {
    const isBuildable = (await listRecipes()).includes(id);
    const image = isBuildable ? await findBuiltImage(await loadRecipe(id), directory) : undefined;
    return image && { location: image.rootfs, digest: image.digest };
  },
});

const importers: readonly ImageImporter[] = [createSimplestreamsImporter(), createOvfImporter()];

/** Takes up what is built under that directory, for all to use, or what the named importer reads from a source. */
export function imageImport(
  service: Pick<ImageService, 'register'>,
  imagesDirectory: string,
): ImageHandlersParts<Caller>['importImages'] {
  return async (caller, from, signal) => {
    if (from === undefined) {
      return takeUp(builtImages.read(imagesDirectory, signal), { service, caller, acl: publicAcl });
    }
    const importer = importers.find(({ name }) => name === from.importer);
    if (importer !== undefined) {
      return takeUp(importer.read(from.source, signal), { service, caller, acl: privateAcl });
    }
    const known = importers.map(({ name }) => name).join(', ');
    throw new PlatformError('unsupported', `There is no importer '${from.importer}'; there are ${known}.`);
  };
}

interface TakingUp {
  readonly service: Pick<ImageService, 'register'>;
  readonly caller: ImageCaller;
  /** Of images that are not in the catalog yet. */
  readonly acl: ImageAcl;
}

async function takeUp(
  images: AsyncIterable<ImportedImage>,
  { service, caller, acl }: TakingUp,
): Promise<readonly TakenUp[]> {
  const taken: TakenUp[] = [];
  for await (const { warnings, sourceVersion, ...image } of images) {
    const labels = { ...image.labels, ...(sourceVersion === undefined ? {} : { sourceVersion }) };
    const version = await service.register(caller, { ...image, labels }, { acl });
    taken.push({ version, name: image.name, warnings });
  }
  return taken;
}
