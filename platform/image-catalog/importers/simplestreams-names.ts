/** What simplestreams calls an architecture, by our name. */
export const architectureNames: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
]);

/** What it calls a cloud, by our VM manager. */
export const cloudNames: ReadonlyMap<string, string> = new Map([
  ['ec2', 'aws'],
  ['openstack', 'custom'],
]);

/** What `ftype` says of bytes that a VM manager can boot as they are; other files (manifests, archives) are passed over. */
export const diskFormats: ReadonlyMap<string, string> = new Map([
  ['disk1.img', 'qcow2'],
  ['disk.img', 'qcow2'],
  ['disk-kvm.img', 'qcow2'],
  ['disk-uefi1.img', 'qcow2'],
  ['uefi1.img', 'qcow2'],
  ['disk.qcow2', 'qcow2'],
  ['vmdk', 'vmdk'],
]);

/** The `ftype` to publish a format as. */
export const diskFileTypes: ReadonlyMap<string, string> = new Map([
  ['qcow2', 'disk1.img'],
  ['vmdk', 'vmdk'],
]);

/** Our name for one of theirs; theirs where we have none. */
export function ownName(names: ReadonlyMap<string, string>, theirs: string): string {
  return [...names].find(([, each]) => each === theirs)?.[0] ?? theirs;
}
