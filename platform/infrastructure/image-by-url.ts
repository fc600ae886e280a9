import {
  type ImageRequirements,
  type NativeImage,
  type Requirement,
  type Vmi,
  explainNoImage,
  idFromName,
  matchImages,
  readNativeImageUrl,
} from '@trencadis/image-catalog';
import { type Sha256, sha256OfText } from '@trencadis/ids';
import { type RadlSystem, textOf, textsOf } from '@trencadis/radl';
import type { BootableImage } from '@trencadis/vmm';
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

type Site = Pick<VmmForDeployment, 'vmm' | 'name' | 'product' | 'places' | 'isOwn' | 'named'>;

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
  if (image.kind === 'path') {
    return `Image '${url}' is a path of the platform's own host: name it as POOL/VOLUME, or ask for one of the catalog.`;
  }
  // It may be another's disk, or made of another's machine.
  if (image.kind === 'registration' || isOwn) return undefined;
  return `Image '${url}' may be somebody else's, as VM manager '${name}' is not yours: ask for one of the catalog, into which its keeper takes it (trencadis image import --cloud).`;
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

/** Not in the catalog: the document's own words describe it, and applications are not known to be in it. */
export function describedImage(
  system: RadlSystem,
  site: Site,
  { named, requirements, digest }: Described,
): FoundImage {
  const told = site.named?.get(named.location);
  if (site.named !== undefined && told === undefined && digest === undefined) {
    const because = `VM manager '${site.name}' has no image '${named.location}' that can be booted: see which it has (trencadis image import --cloud ${site.name}), or correct '${named.url}'.`;
    return { because };
  }
  const known = digest ?? told?.digest ?? sha256OfText(`${site.product} ${named.location}`);
  const vmi = describedVmi(system, { named, told, product: site.product, digest: known });
  const hard = requirements.hard.filter((each) => !isDescription(each));
  const [best] = matchImages({ hard, soft: requirements.soft }, [vmi]).ranked;
  if (best === undefined) return { because: whyNotFit(hard, vmi) };
  const { score, verdicts } = best;
  const isNamed = {
    requirement: { kind: 'attribute', key: 'location', operator: '=', value: named.url },
    holds: true,
    because: 'the document names it, the catalog does not know it',
  } as const;
  return {
    image: { location: named.location, digest: known },
    choice: {
      systemId: system.id,
      vmm: site.vmm,
      vmiId: vmi.id,
      vmiName: vmi.name,
      url: named.url,
      digest: known,
      score,
      verdicts: [isNamed, ...verdicts],
    },
    score,
    architecture: vmi.architecture,
  };
}

interface Described {
  readonly named: NamedImage;
  readonly requirements: ImageRequirements;
  /** That it was deployed with; it stays. */
  readonly digest: Sha256 | undefined;
}

/** What the document says of the image itself describes it, so it cannot but hold; what the image needs is its own. */
function isDescription(requirement: Requirement): boolean {
  if (requirement.kind === 'any') return requirement.of.every(isDescription);
  if (requirement.kind === 'application') return false;
  return requirement.key !== 'memory.min' && requirement.key !== 'disk.min';
}

function whyNotFit(hard: readonly Requirement[], vmi: Vmi): string {
  const needs = hard.filter(({ kind }) => kind === 'attribute');
  const requirements = { hard: needs, soft: [] };
  const result = matchImages(requirements, [vmi]);
  if (result.ranked.length === 0) return explainNoImage(result, requirements);
  return `Image '${vmi.name}' is not in the catalog, so no application is known to be in it: take it in (trencadis image import --cloud) and say what it has, or ask with preinstalled = 'no'.`;
}

interface Facts {
  readonly named: NamedImage;
  readonly told: BootableImage | undefined;
  readonly product: string;
  readonly digest: Sha256;
}

function describedVmi(system: RadlSystem, { named, told, product, digest }: Facts): Vmi {
  const user = textOf(system, 'disk.0.os.credentials.username');
  return {
    id: idFromName(named.url),
    name: named.url,
    description: 'Named by a document.',
    architecture: textOf(system, 'cpu.arch') ?? told?.architecture ?? 'x86_64',
    operatingSystem: describedSystem(system, told?.operatingSystem),
    applications: [],
    standIns: [],
    artifacts: [{ vmm: product, location: named.location, digest }],
    ...(told?.minDiskGiB === undefined ? {} : { minDiskGiB: told.minDiskGiB }),
    ...(told?.minMemoryMiB === undefined ? {} : { minMemoryMiB: told.minMemoryMiB }),
    ...(user === undefined ? {} : { defaultUser: user }),
  };
}

function describedSystem(
  system: RadlSystem,
  told: BootableImage['operatingSystem'] = { name: 'linux', flavour: '', version: '' },
): Vmi['operatingSystem'] {
  return {
    name: textOf(system, 'disk.0.os.name') ?? told.name,
    flavour: textOf(system, 'disk.0.os.flavour') ?? told.flavour,
    version: textOf(system, 'disk.0.os.version') ?? told.version,
  };
}
