import {
  type ImageRequirements,
  type NativeImage,
  type Requirement,
  type Vmi,
  idFromName,
  matchImages,
  readNativeImageUrl,
} from '@trencadis/image-catalog';
import { sha256OfText } from '@trencadis/ids';
import { type RadlSystem, textOf, textsOf } from '@trencadis/radl';
import type { FoundImage } from './find-images.ts';
import type { VmmForDeployment } from './offers.ts';

/** An image of the VM manager's own that a document names. */
export interface NamedImage extends Pick<NativeImage, 'location'> {
  readonly url: string;
}

/** What a system's `disk.0.image.url` names at one VM manager, and why it names nothing there. */
export interface NamedImages {
  readonly here: readonly NamedImage[];
  readonly because: readonly string[];
}

type Site = Pick<VmmForDeployment, 'vmm' | 'name' | 'product' | 'places' | 'isOwn'>;

export function namedImages(system: RadlSystem, site: Site): NamedImages {
  const read = textsOf(system, 'disk.0.image.url').flatMap((url) => {
    const image = readNativeImageUrl(url);
    return image === undefined ? [] : [{ url, image, because: whyNotAt(site, url, image) }];
  });
  return {
    here: read.flatMap(({ url, image: { location }, because }) =>
      because === undefined ? [{ url, location }] : [],
    ),
    because: read.flatMap(({ because }) => because ?? []),
  };
}

function whyNotAt(
  { vmm, name, product, places = [vmm.toLowerCase()], isOwn = false }: Site,
  url: string,
  image: NativeImage,
): string | undefined {
  const { place } = image;
  if (image.product !== product || (place !== undefined && !places.includes(place))) {
    const where = place === undefined ? '' : ` at '${place}'`;
    return `Image '${url}' is one of product '${image.product}'${where}, which VM manager '${name}' is not: add that cloud (trencadis cloud add), or ask for another image.`;
  }
  // A volume there may be another's disk.
  if (!image.isFile || isOwn) return undefined;
  return `Image '${url}' is a file, and VM manager '${name}' is not yours: ask for one of the catalog, into which its keeper takes it (trencadis image import --cloud).`;
}

/** Images of the catalog may be meant by their URL or by what the VM manager calls them. */
export function meantBy(requirements: ImageRequirements, here: readonly NamedImage[]): ImageRequirements {
  if (here.length === 0) return requirements;
  return { ...requirements, hard: requirements.hard.map((each) => withNativeNames(each, here)) };
}

function withNativeNames(requirement: Requirement, here: readonly NamedImage[]): Requirement {
  const all = requirement.kind === 'any' ? requirement.of : [requirement];
  const others = all.flatMap((each): readonly Requirement[] => {
    if (each.kind !== 'attribute' || each.key !== 'location' || each.operator !== '=') return [];
    const named = here.find(({ url }) => url === each.value);
    if (named === undefined) return [];
    return [
      { ...each, value: named.location },
      { ...each, key: 'nativeId', value: named.location },
    ];
  });
  return others.length === 0 ? requirement : { kind: 'any', of: [...all, ...others] };
}

export function digestOfNamed(product: string, { location }: NamedImage) {
  return sha256OfText(`${product} ${location}`);
}

/** Not in the catalog: the document's own words describe it, and applications are not known to be in it. */
export function describedImage(
  system: RadlSystem,
  { vmm, product }: Pick<Site, 'vmm' | 'product'>,
  { named, requirements }: { readonly named: NamedImage; readonly requirements: ImageRequirements },
): FoundImage {
  const vmi = describedVmi(system, product, named);
  const applications = requirements.hard.filter((each) => !speaksOfImage(each));
  const [best] = matchImages({ hard: applications, soft: requirements.soft }, [vmi]).ranked;
  if (best === undefined) {
    const because = `Image '${named.url}' is not in the catalog, so no application is known to be in it: take it in (trencadis image import --cloud) and say what it has, or ask with preinstalled = 'no'.`;
    return { because };
  }
  const { score, verdicts } = best;
  const digest = digestOfNamed(product, named);
  const isNamed = {
    requirement: { kind: 'attribute', key: 'location', operator: '=', value: named.url },
    holds: true,
    because: 'the document names it, the catalog does not know it',
  } as const;
  return {
    image: { location: named.location, digest },
    choice: {
      systemId: system.id,
      vmm,
      vmiId: vmi.id,
      vmiName: vmi.name,
      digest,
      score,
      verdicts: [isNamed, ...verdicts],
    },
    score,
    architecture: vmi.architecture,
  };
}

/** What the document says of the image itself describes it, so it cannot but hold. */
function speaksOfImage(requirement: Requirement): boolean {
  if (requirement.kind === 'any') return requirement.of.every(speaksOfImage);
  return requirement.kind === 'attribute';
}

function describedVmi(system: RadlSystem, product: string, named: NamedImage): Vmi {
  const user = textOf(system, 'disk.0.os.credentials.username');
  return {
    id: idFromName(named.url),
    name: named.url,
    description: 'Named by a document.',
    architecture: textOf(system, 'cpu.arch') ?? 'x86_64',
    operatingSystem: {
      name: textOf(system, 'disk.0.os.name') ?? 'linux',
      flavour: textOf(system, 'disk.0.os.flavour') ?? '',
      version: textOf(system, 'disk.0.os.version') ?? '',
    },
    applications: [],
    standIns: [],
    artifacts: [{ vmm: product, location: named.location, digest: digestOfNamed(product, named) }],
    ...(user === undefined ? {} : { defaultUser: user }),
  };
}
