import type { BootableImage, ImageFilter } from '@trencadis/vmm';
import {
  type OneImage,
  digestOfImage,
  digestOfTemplate,
  imageState,
  imageType,
  usableImages,
} from './one-image.ts';
import { type Site, everybodys, noLimit } from './site.ts';
import { childOf, childrenOf, idOf, numberOf, textOf } from './xml-read.ts';
import type { XmlElement } from './xml-tree.ts';

/** Images of type OS of which VMs get a copy, then VM templates. */
export async function listBootable(
  site: Site,
  { pattern = '*' }: ImageFilter,
  signal: AbortSignal,
): Promise<readonly BootableImage[]> {
  const pool = await site.oned.document('one.templatepool.info', [everybodys, noLimit, noLimit], signal);
  const images = (await usableImages(site, signal)).filter(isBootable).map(bootableImage);
  const templates = childrenOf(pool, 'VMTEMPLATE').map(bootableTemplate);
  const fits = matcherOf(pattern);
  return [...images, ...templates].filter(({ name, location }) => fits(name) || fits(location));
}

const bootableStates: ReadonlySet<number> = new Set([
  imageState.READY,
  imageState.USED,
  imageState.LOCKED,
  imageState.LOCKED_USED,
]);

function isBootable({ type, isPersistent, state }: OneImage): boolean {
  return type === imageType.OS && !isPersistent && bootableStates.has(state);
}

function bootableImage({ id, title, sizeMb, attributes }: OneImage): BootableImage {
  return {
    location: String(id),
    digest: digestOfImage(id),
    name: title,
    ...told(attributes),
    ...(sizeMb > 0 ? { minDiskGiB: Math.ceil(sizeMb / 1024) } : {}),
  };
}

function bootableTemplate(element: XmlElement): BootableImage {
  const template = childOf(element, 'TEMPLATE');
  const id = idOf(element);
  const memoryMiB = numberOf(template, 'MEMORY');
  return {
    location: `template:${id}`,
    digest: digestOfTemplate(id),
    name: textOf(element, 'NAME') ?? '',
    ...told(template),
    ...(memoryMiB === undefined ? {} : { minMemoryMiB: memoryMiB }),
  };
}

/** OpenNebula keeps no such attributes of its own: these are what its marketplace, and our uploads, write. */
function told(attributes: XmlElement | undefined): Partial<BootableImage> {
  const description = textOf(attributes, 'DESCRIPTION');
  const architecture = textOf(attributes, 'ARCHITECTURE') ?? textOf(childOf(attributes, 'OS'), 'ARCH');
  const name = textOf(attributes, 'TRENCADIS_OS_NAME');
  const flavour = textOf(attributes, 'TRENCADIS_OS_FLAVOUR');
  const version = textOf(attributes, 'TRENCADIS_OS_VERSION');
  return {
    ...(description === undefined ? {} : { description }),
    ...(architecture === undefined ? {} : { architecture }),
    ...(name === undefined || flavour === undefined || version === undefined
      ? {}
      : { operatingSystem: { name, flavour, version } }),
  };
}

/** `*` stands for any text. */
function matcherOf(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (text) => expression.test(text);
}
