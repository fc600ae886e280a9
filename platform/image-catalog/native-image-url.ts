/** An image that a VM manager holds, as a document names it by URL. */
export interface NativeImage {
  readonly product: 'openstack' | 'ec2' | 'opennebula' | 'libvirt';
  /** At which one, in lower case: its host, for EC2 the region. Absent: wherever it is. */
  readonly place?: string;
  /** As the product's driver takes it. */
  readonly location: string;
  /** `guessable`: a name or a number, which may be that of somebody else's. `path`: of the platform's own host. */
  readonly kind: 'registration' | 'guessable' | 'path';
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
 * for libvirt `pool/volume`, `/path/to/disk.qcow2` or `file:///path`. Everything else is `undefined`.
 */
export function readNativeImageUrl(url: string): NativeImage | undefined {
  const [, scheme = '', host = '', id = ''] = /^([a-z][a-z0-9]*):\/\/([^/]*)\/(.+)$/i.exec(url) ?? [];
  const product = productOfScheme.get(scheme.toLowerCase());
  if (product !== undefined) {
    const place = host.replace(/:\d+$/, '').toLowerCase();
    return { product, location: id, kind: kindOf(id), ...(place === '' ? {} : { place }) };
  }
  if (/^ami-[0-9a-z]+$/.test(url)) return { product: 'ec2', location: url, kind: 'registration' };
  const path = url.replace(/^file:\/\/(?=\/)/, '');
  if (/^\/[^\0]+$/.test(path)) return { product: 'libvirt', location: path, kind: 'path' };
  const isVolume = /^\w[\w.-]*\/\w[\w.+-]*$/.test(url);
  return isVolume ? { product: 'libvirt', location: url, kind: 'guessable' } : undefined;
}

function kindOf(id: string): NativeImage['kind'] {
  return /^(ami-[0-9a-f]+|[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12})$/.test(id)
    ? 'registration'
    : 'guessable';
}

const schemeOfProduct: Readonly<Record<string, string>> = { openstack: 'ost', ec2: 'aws', opennebula: 'one' };

/** What {@link readNativeImageUrl} reads as that; a location that is no id is its own URL. */
export function nativeImageUrl(product: string, place: string, location: string): string {
  const scheme = schemeOfProduct[product];
  return scheme === undefined || location.includes('://') ? location : `${scheme}://${place}/${location}`;
}
