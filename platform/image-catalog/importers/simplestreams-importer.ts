import { isPlatformError } from '@trencadis/errors';
import type { Labels, VmiArtifact, VmiMetadata } from '../model.ts';
import { type ImageImporter, type ImportedImage, idFromName } from './image-importer.ts';
import { type Tags, downloadArtifact, nativeArtifact } from './simplestreams-artifact.ts';
import { architectureNames, ownName } from './simplestreams-names.ts';
import {
  type ProductsFile,
  clearText,
  malformedStream,
  readProductsFile,
  readStreamIndex,
} from './simplestreams-schema.ts';
import { type SourceFiles, isInnerPath, openSourceFiles } from './source-files.ts';

const maxIndexBytes = 4 * 2 ** 20;
const maxProductsBytes = 64 * 2 ** 20;
const maxFiles = 64;

export interface SimplestreamsOptions {
  /** All versions of a product, the oldest first; only the latest without. */
  readonly allVersions?: boolean;
}

/** A product's version, gathered from all files: one may list downloads, another the ids at a cloud. */
interface Gathered {
  readonly tags: Tags;
  readonly artifacts: VmiArtifact[];
}

type Catalog = Map<string, Map<string, Gathered>>;

/**
 * Ubuntu's, LXD's and Juju's catalogs: a directory or URL that has `streams/v1/index.json` (or `.sjson`: signed;
 * the signature is not verified, which each image's warnings say: fetch over HTTPS, or verify the file with gpgv).
 * A product is an image, `disk1.img` and such are for libvirt, ids are for their cloud.
 */
export function createSimplestreamsImporter(options: SimplestreamsOptions = {}): ImageImporter {
  return {
    name: 'simplestreams',
    async *read(source, signal): AsyncGenerator<ImportedImage> {
      const files = openSourceFiles(source.replace(/\/?streams\/v1\/index\.s?json$/, '') || '.');
      const catalog: Catalog = new Map();
      const warnings = await readStreams(files, catalog, signal);
      for (const [product, versions] of [...catalog].toSorted(byKey)) {
        const inOrder = [...versions].toSorted(byKey).filter(([, { artifacts }]) => artifacts.length > 0);
        const wanted = options.allVersions === true ? inOrder : inOrder.slice(-1);
        for (const [version, gathered] of wanted) yield toImage(product, version, gathered, warnings);
      }
    },
  };
}

async function readStreams(files: SourceFiles, into: Catalog, signal: AbortSignal): Promise<string[]> {
  const { text, path } = await readIndexText(files, signal);
  const place = files.locationOf(path);
  const entries = Object.entries(readStreamIndex(clearText(text), place).index);
  if (entries.length > maxFiles) throw malformedStream(place, ['index'], `lists more than ${maxFiles} files`);
  const warnings = unverified(path, place);
  for (const [id, entry] of entries) {
    if (entry.format !== undefined && entry.format !== 'products:1.0') continue;
    if (!isInnerPath(entry.path)) {
      throw malformedStream(place, ['index', id, 'path'], 'must be a relative path below the root');
    }
    const file = files.locationOf(entry.path);
    const products = readProductsFile(
      clearText(await files.readText(entry.path, maxProductsBytes, signal)),
      file,
    );
    warnings.push(...unverified(entry.path, file));
    const cloud = entry.cloudname ?? (products.content_id ?? id).split(':').at(-1) ?? id;
    gatherProducts({ products, file, files, cloud, datatype: entry.datatype ?? products.datatype }, into);
  }
  return warnings;
}

async function readIndexText(files: SourceFiles, signal: AbortSignal) {
  const path = 'streams/v1/index.json';
  try {
    return { path, text: await files.readText(path, maxIndexBytes, signal) };
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'not-found') throw error;
    const signed = 'streams/v1/index.sjson';
    return { path: signed, text: await files.readText(signed, maxIndexBytes, signal) };
  }
}

function unverified(path: string, place: string): string[] {
  return path.endsWith('.sjson') ? [`the signature of ${place} was not verified`] : [];
}

interface OpenedProducts {
  readonly products: ProductsFile;
  readonly file: string;
  readonly files: SourceFiles;
  readonly cloud: string;
  readonly datatype: string | undefined;
}

function gatherProducts(opened: OpenedProducts, into: Catalog): void {
  const { products, datatype } = opened;
  if (datatype !== 'image-downloads' && datatype !== 'image-ids') return;
  const ofFile = tagsOf(products);
  for (const [name, product] of Object.entries(products.products)) {
    const ofProduct = { ...ofFile, ...tagsOf(product) };
    const versions = into.get(name) ?? new Map<string, Gathered>();
    into.set(name, versions);
    for (const [number, version] of Object.entries(product.versions)) {
      const tags = { ...ofProduct, ...tagsOf(version) };
      const gathered = versions.get(number) ?? { tags, artifacts: [] };
      versions.set(number, gathered);
      for (const [itemId, item] of Object.entries(version.items)) {
        const path = ['products', name, 'versions', number, 'items', itemId];
        const artifact = artifactOf({ ...tags, ...tagsOf(item) }, path, opened);
        if (artifact !== undefined) gathered.artifacts.push(artifact);
      }
    }
  }
}

function artifactOf(tags: Tags, path: readonly string[], opened: OpenedProducts): VmiArtifact | undefined {
  const { files, file, cloud, datatype, products } = opened;
  const locationOf = (inner: string) => (isInnerPath(inner) ? files.locationOf(inner) : undefined);
  const place = { file, path, locationOf };
  if (datatype === 'image-downloads') return downloadArtifact(tags, place);
  return nativeArtifact({ ...aliasedTags(tags, products), ...tags }, cloud, place);
}

/** What the values of an item stand for: its `crsn` gives it region and endpoint. */
function aliasedTags(tags: Tags, { aliases = {} }: ProductsFile): Tags {
  const meant = Object.entries(aliases).map(([tag, values]) => values[tags[tag] ?? ''] ?? {});
  return Object.assign({}, ...meant) as Tags;
}

function tagsOf(node: Readonly<Record<string, unknown>>): Tags {
  const entries = Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[key, String(value)] as const]
      : [],
  );
  return Object.fromEntries(entries);
}

const labelTags = ['release', 'release_codename', 'label', 'variant', 'supported', 'support_eol', 'pubname'];

function toImage(
  product: string,
  version: string,
  { tags, artifacts }: Gathered,
  warnings: readonly string[],
): ImportedImage {
  const metadata = metadataOf(tags);
  const labels: Labels = Object.fromEntries(
    labelTags.flatMap((tag) => (tags[tag] === undefined ? [] : [[tag, tags[tag]]])),
  );
  const { operatingSystem, architecture } = metadata;
  const title = tags['release_title'] ?? operatingSystem.version;
  return {
    id: idFromName(product),
    name: product,
    description: `${operatingSystem.flavour} ${title} for ${architecture}, version ${version}.`,
    labels,
    metadata,
    artifacts,
    sourceVersion: version,
    warnings:
      operatingSystem.version === '' ? [...warnings, `${product} says no version of its system`] : warnings,
  };
}

function metadataOf(tags: Tags): VmiMetadata {
  const { os = 'unknown', arch = 'unknown' } = tags;
  return {
    architecture: ownName(architectureNames, arch),
    operatingSystem: {
      name: os.toLowerCase() === 'windows' ? 'windows' : 'linux',
      flavour: os,
      version: tags['version'] ?? tags['release'] ?? '',
    },
    applications: [],
    standIns: [],
  };
}

/** By UTF-16 code units, as the format says for versions. */
function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
