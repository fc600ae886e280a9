import { isPlatformError } from '@trencadis/errors';
import { type ImageFinder, nativeImageUrl } from '@trencadis/image-catalog';
import type { BootableImage } from '@trencadis/vmm';
import type { VmmOffer } from '@trencadis/vmm';
import { ImRefusal } from './im-refusal.ts';

export interface ListedImage {
  readonly uri: string;
  readonly name: string;
  readonly [key: string]: string;
}

/** A text that the uri or name of an image must hold, whatever the case. */
export type ImageFilter = readonly [key: 'uri' | 'name', text: string];

interface Asked {
  readonly images: Pick<ImageFinder, 'match'>;
  readonly owner: string;
  readonly filters: readonly ImageFilter[];
  readonly signal: AbortSignal;
}

/** What boots there: of the catalog, and at an own cloud what that offers. */
export async function imagesAt(
  offer: VmmOffer,
  { images, owner, filters, signal }: Asked,
): Promise<ListedImage[]> {
  const name = filters.find(([key]) => key === 'name')?.[1];
  const found = [...cataloguedAt(offer, images, owner), ...(await bootableAt(offer, name, signal))];
  const byUri = new Map(found.map((image) => [image.uri, image]));
  return [...byUri.values()].filter((image) =>
    filters.every(([key, value]) => image[key].toLowerCase().includes(value.toLowerCase())),
  );
}

function cataloguedAt(
  { driver, places }: VmmOffer,
  images: Asked['images'],
  owner: string,
): readonly ListedImage[] {
  const { product } = driver.capabilities;
  const bootable = { kind: 'attribute', key: 'vmm', operator: '=', value: product, places } as const;
  const { ranked } = images.match(owner, { hard: [bootable], soft: [] });
  return ranked.flatMap(({ vmi: { name }, artifact }) =>
    artifact === undefined ? [] : [{ uri: uriOf(places, product, artifact), name }],
  );
}

interface Placed {
  readonly location: string;
  readonly nativeId?: string;
}

/** By the host or region, as the Infrastructure Manager names images, where there is one beside the key. */
function uriOf(places: VmmOffer['places'], product: string, { location, nativeId }: Placed): string {
  return nativeImageUrl(product, places[1] ?? places[0] ?? '', nativeId ?? location);
}

async function bootableAt(
  { driver, isOwn, places }: VmmOffer,
  name: string | undefined,
  signal: AbortSignal,
): Promise<readonly ListedImage[]> {
  const { product, imageListing } = driver.capabilities;
  if (!isOwn || !imageListing) return [];
  const filter = name === undefined ? {} : { pattern: `*${name}*` };
  const toListed = (image: BootableImage) => ({ uri: uriOf(places, product, image), name: image.name });
  try {
    return (await driver.images.listBootable(filter, signal)).map(toListed);
  } catch (error) {
    if (!isPlatformError(error, 'invalid-argument')) throw error;
    throw new ImRefusal(400, `${error.message} Send filters=name=TEXT.`);
  }
}
