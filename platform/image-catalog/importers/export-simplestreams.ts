import type { Vmi, VmiArtifact } from '../model.ts';
import { architectureNames, cloudNames, diskFileTypes } from './simplestreams-names.ts';

/** A file of the catalog to publish, by its path below the root. */
export interface SimplestreamsFile {
  readonly path: string;
  readonly text: string;
}

export interface SimplestreamsExport {
  /** Where the artifact's bytes are published, relative to the root; `undefined`: nowhere, so it is left out. */
  readonly pathOf: (artifact: VmiArtifact) => string | undefined;
}

type Items = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The images as a simplestreams catalog that Ubuntu's and LXD's tools and {@link createSimplestreamsImporter} read:
 * an index, one file of downloads and one of ids for each cloud. Applications and stand-ins have no place in it.
 * Give each version as a {@link Vmi} of its own. The files are not signed.
 */
export function exportSimplestreams(
  vmis: readonly Vmi[],
  { pathOf }: SimplestreamsExport,
): readonly SimplestreamsFile[] {
  const clouds = [
    ...new Set(vmis.flatMap(({ artifacts }) => artifacts.filter(isNative).map(({ vmm }) => vmm))),
  ];
  const streams = [
    stream({ id: 'download', datatype: 'image-downloads' }, vmis, (vmi) => downloadItems(vmi, pathOf)),
    ...clouds.toSorted().map((vmm) => {
      const cloudname = cloudNames.get(vmm) ?? vmm;
      return stream({ id: cloudname, datatype: 'image-ids', cloudname }, vmis, (vmi) =>
        nativeItems(vmi, vmm),
      );
    }),
  ];
  const index = Object.fromEntries(streams.map(({ id, entry }) => [id, entry]));
  return [
    { path: 'streams/v1/index.json', text: printJson({ format: 'index:1.0', index }) },
    ...streams.map(({ entry, products }) => ({ path: entry.path, text: printJson(products) })),
  ];
}

interface StreamKind {
  readonly id: string;
  readonly datatype: 'image-downloads' | 'image-ids';
  readonly cloudname?: string;
}

function stream({ id, ...kind }: StreamKind, vmis: readonly Vmi[], itemsOf: (vmi: Vmi) => Items) {
  const listed = vmis
    .map((vmi) => [vmi, itemsOf(vmi)] as const)
    .filter(([, items]) => Object.keys(items).length > 0);
  const byProduct = Map.groupBy(listed, ([{ id: product }]) => product);
  const products = Object.fromEntries(
    [...byProduct].map(([product, versions]) => [product, productOf(versions)]),
  );
  const entry = {
    ...kind,
    format: 'products:1.0',
    path: `streams/v1/${id}.json`,
    products: Object.keys(products),
  };
  return {
    id,
    entry,
    products: { format: 'products:1.0', content_id: `trencadis:${id}`, ...kind, products },
  };
}

function productOf(versions: readonly (readonly [Vmi, Items])[]) {
  const tagged = versions.map(([vmi, items]) => [
    String(vmi.versionNumber ?? 1).padStart(8, '0'),
    { ...tagsOf(vmi), items },
  ]);
  return { versions: Object.fromEntries(tagged) as Readonly<Record<string, unknown>> };
}

function tagsOf({ name, architecture, operatingSystem: { flavour, version }, labels = {} }: Vmi) {
  return {
    ...labels,
    pubname: name,
    os: flavour,
    arch: architectureNames.get(architecture) ?? architecture,
    version,
    release: version,
  };
}

function isNative({ nativeId }: VmiArtifact): boolean {
  return nativeId !== undefined;
}

function downloadItems({ artifacts }: Vmi, pathOf: SimplestreamsExport['pathOf']): Items {
  const items = artifacts.flatMap((artifact) => {
    const path = isNative(artifact) ? undefined : pathOf(artifact);
    const ftype = diskFileTypes.get(artifact.format ?? '');
    return path === undefined || ftype === undefined
      ? []
      : [[ftype, { ftype, path, sha256: artifact.digest }]];
  });
  return Object.fromEntries(items) as Items;
}

function nativeItems({ artifacts }: Vmi, vmm: string): Items {
  const items = artifacts.flatMap(({ nativeId, endpoint, hypervisor, ...artifact }) => {
    if (nativeId === undefined || artifact.vmm !== vmm) return [];
    const where = endpoint === undefined ? {} : { region: endpoint };
    return [
      [`${endpoint ?? ''}-${nativeId}`, { id: nativeId, ...where, ...(hypervisor && { virt: hypervisor }) }],
    ];
  });
  return Object.fromEntries(items) as Items;
}

function printJson(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
