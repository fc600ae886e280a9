/** An image that a VM manager holds, as a document names it by URL. */
export interface NativeImage {
  readonly product: 'openstack' | 'ec2' | 'opennebula' | 'libvirt';
  /** At which one, in lower case: its host, for EC2 the region. Absent: wherever it is. */
  readonly place?: string;
  /** As the product's driver takes it. */
  readonly location: string;
  /** A file or volume, which a VM manager boots whoever it belongs to. */
  readonly isFile: boolean;
}

/** The Infrastructure Manager's, and ours for what has a place in the catalog (`ec2://eu-west-1/ami-0abc`). */
const productOfScheme: ReadonlyMap<string, NativeImage['product']> = new Map([
  ['ost', 'openstack'],
  ['openstack', 'openstack'],
  ['aws', 'ec2'],
  ['ec2', 'ec2'],
  ['one', 'opennebula'],
  ['opennebula', 'opennebula'],
]);

/**
 * `ost://host/GLANCE-ID`, `aws://region/ami-0abc`, `one://host/IMAGE-ID` (spec radl, `disk.N.image.url`), `ami-0abc`, and
 * for libvirt `/path/to/disk.qcow2`, `file:///path` or `pool/volume`. Everything else is `undefined`.
 */
export function readNativeImageUrl(url: string): NativeImage | undefined {
  const [, scheme = '', host = '', id = ''] = /^([a-z][a-z0-9]*):\/\/([^/]*)\/(.+)$/i.exec(url) ?? [];
  const product = productOfScheme.get(scheme.toLowerCase());
  if (product !== undefined) {
    const place = host.replace(/:\d+$/, '').toLowerCase();
    return { product, location: id, isFile: false, ...(place === '' ? {} : { place }) };
  }
  if (/^ami-[0-9a-z]+$/.test(url)) return { product: 'ec2', location: url, isFile: false };
  const path = url.replace(/^file:\/\/(?=\/)/, '');
  const isFile = /^\/[^\0]+$/.test(path) || /^\w[\w.-]*\/\w[\w.+-]*$/.test(path);
  return isFile ? { product: 'libvirt', location: path, isFile } : undefined;
}

const schemeOfProduct: Readonly<Record<string, string>> = { openstack: 'ost', ec2: 'aws', opennebula: 'one' };

/** What {@link readNativeImageUrl} reads as that; a location that is no id is its own URL. */
export function nativeImageUrl(product: string, place: string, location: string): string {
  const scheme = schemeOfProduct[product];
  return scheme === undefined || location.includes('://') ? location : `${scheme}://${place}/${location}`;
}
