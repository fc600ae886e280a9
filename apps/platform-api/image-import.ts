import { PlatformError } from '@trencadis/errors';
import {
  type ImageAcl,
  type ImageCaller,
  type ImageHandlersParts,
  type ImageImporter,
  type ImageService,
  type ImportedImage,
  type TakenUp,
  cloudImporter,
  createBuiltImagesImporter,
  createOvfImporter,
  createSimplestreamsImporter,
  privateAcl,
  publicAcl,
} from '@trencadis/image-catalog';
import { entriesDirectory } from '@trencadis/images';
import type { Caller } from '@trencadis/accounts';
import type { VmmSites } from '@trencadis/vmm-sites';
import { findBuiltArtifacts } from './built-artifacts.ts';
import { readCloudImages } from './cloud-images.ts';

const builtImages = createBuiltImagesImporter({ entriesDirectory, findBuilt: findBuiltArtifacts });

const importers: readonly ImageImporter[] = [createSimplestreamsImporter(), createOvfImporter()];

export interface ImportParts {
  readonly service: Pick<ImageService, 'register'>;
  /** Where images are built. */
  readonly imagesDirectory: string;
  /** Whose images may be taken up; without them, no cloud's. */
  readonly sites?: Pick<VmmSites, 'get' | 'open'>;
}

/** Takes up what is built under that directory, for all to use, or what the named importer reads from a source. */
export function imageImport({
  service,
  imagesDirectory,
  sites,
}: ImportParts): ImageHandlersParts<Caller>['importImages'] {
  return async (caller, order, signal) => {
    if (order === undefined) {
      const how = { service, caller, acl: publicAcl, isSeen: false };
      return { taken: await takeUp(builtImages.read(imagesDirectory, signal), how), left: [] };
    }
    const acl = order.isForAll ? publicAcl : privateAcl;
    if (order.importer === cloudImporter && sites !== undefined) {
      const { images, left } = await readCloudImages(sites, caller, { order, signal });
      return { taken: await takeUp(images, { service, caller, acl, isSeen: true }), left };
    }
    const importer = importers.find(({ name }) => name === order.importer);
    if (importer !== undefined) {
      const how = { service, caller, acl, isSeen: false };
      return { taken: await takeUp(importer.read(order.source, signal), how), left: [] };
    }
    const known = [...importers.map(({ name }) => name), cloudImporter].join(', ');
    throw new PlatformError('unsupported', `There is no importer '${order.importer}'; there are ${known}.`);
  };
}

interface TakingUp extends Pick<ImportParts, 'service'> {
  readonly caller: ImageCaller;
  /** Of images that are not in the catalog yet. */
  readonly acl: ImageAcl;
  readonly isSeen: boolean;
}

async function takeUp(
  images: AsyncIterable<ImportedImage> | Iterable<ImportedImage>,
  { service, caller, acl, isSeen }: TakingUp,
): Promise<readonly TakenUp[]> {
  const taken: TakenUp[] = [];
  for await (const { warnings, sourceVersion, ...image } of images) {
    const labels = { ...image.labels, ...(sourceVersion === undefined ? {} : { sourceVersion }) };
    const version = await service.register(caller, { ...image, labels }, { acl, isSeen });
    taken.push({ version, name: image.name, warnings });
  }
  return taken;
}
