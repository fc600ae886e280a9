import {
  type ImageCaller,
  type ImportOrder,
  type ImportedImage,
  type VmiMetadata,
  idFromName,
  nativeImageUrl,
} from '@trencadis/image-catalog';
import { PlatformError } from '@trencadis/errors';
import type { BootableImage } from '@trencadis/vmm';
import { type VmmSite, type VmmSites, platformOwner } from '@trencadis/vmm-sites';

/** What a cloud offers to be booted, and what of it cannot be taken up. */
export interface CloudImages {
  readonly images: readonly ImportedImage[];
  readonly left: readonly Left[];
}

interface Left {
  readonly name: string;
  readonly because: string;
}

const defaultArchitecture = 'x86_64';

/**
 * The images of a cloud whose operating system is known, by the cloud or by whoever asks. Only its keeper may: with
 * the same credentials others have made images there of machines of theirs.
 */
export async function readCloudImages(
  sites: Pick<VmmSites, 'get' | 'open'>,
  { user, groups, isAdmin }: ImageCaller,
  { order, signal }: { readonly order: ImportOrder; readonly signal: AbortSignal },
): Promise<CloudImages> {
  const site = await sites.get({ owner: user, groups, isAdmin }, order.source);
  refuseOthers(site, { user, isAdmin });
  const driver = await sites.open(site.key);
  const { pattern, operatingSystem } = order;
  const listed = await driver.images.listBootable(pattern === undefined ? {} : { pattern }, signal);
  const { product } = driver.capabilities;
  const read = listed.map((image): ImportedImage | Left => {
    const known = image.operatingSystem ?? operatingSystem;
    if (known !== undefined) return importedImage(image, known, { key: site.key, product });
    return { name: image.name, because: howToDescribe(product, image.location) };
  });
  return {
    images: read.flatMap((each) => ('because' in each ? [] : [each])),
    left: read.flatMap((each) => ('because' in each ? [each] : [])),
  };
}

function refuseOthers(site: VmmSite, { user, isAdmin }: Pick<ImageCaller, 'user' | 'isAdmin'>): void {
  if (site.owner === user || (isAdmin && site.owner === platformOwner)) return;
  const keeper = site.owner === platformOwner ? 'an administrator of the platform' : site.owner;
  const message = `Only ${keeper} takes up images of cloud '${site.key}'.`;
  throw new PlatformError('forbidden', message, { subject: site.key });
}

function importedImage(
  image: BootableImage,
  operatingSystem: VmiMetadata['operatingSystem'],
  { key, product }: { readonly key: string; readonly product: string },
): ImportedImage {
  const { name, location, digest, architecture, minDiskGiB, minMemoryMiB } = image;
  const metadata: VmiMetadata = {
    architecture: architecture ?? defaultArchitecture,
    operatingSystem,
    applications: [],
    standIns: [],
    ...(minDiskGiB === undefined ? {} : { minDiskGiB }),
    ...(minMemoryMiB === undefined ? {} : { minMemoryMiB }),
  };
  const artifact = { vmm: product, endpoint: key, nativeId: location, digest };
  const isKnown = architecture !== undefined;
  return {
    id: idFromName(`${key} ${location}`),
    name,
    description: image.description ?? `${name} of cloud ${key}.`,
    labels: { cloud: key },
    metadata,
    artifacts: [{ ...artifact, location: nativeImageUrl(product, key, location) }],
    warnings: isKnown ? [] : [`its architecture is not told: it is taken for ${defaultArchitecture}`],
  };
}

/** Where each product keeps what its images are. */
const howTo: Readonly<Record<string, string>> = {
  openstack: 'set os_type, os_distro and os_version of it (openstack image set --property)',
  opennebula: 'set TRENCADIS_OS_NAME, TRENCADIS_OS_FLAVOUR and TRENCADIS_OS_VERSION of it (oneimage update)',
};

function howToDescribe(product: string, location: string): string {
  const atCloud = howTo[product];
  const here = `import it with --pattern '${location}' --os 'linux FLAVOUR VERSION'`;
  return `its operating system is not known: ${atCloud === undefined ? here : `${atCloud}, or ${here}`}`;
}
