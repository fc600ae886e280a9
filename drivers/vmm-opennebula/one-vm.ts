import type { Vm, VmAddress, VmDisk } from '@trencadis/vmm';
import { type Tag, parseId } from '@trencadis/ids';
import { asDiskName, asNetworkName, asVmName, mark, ownerIn } from './marks.ts';
import type { Site } from './site.ts';
import { stateName, statusOf } from './vm-states.ts';
import { childOf, childrenOf, idOf, numberOf, textOf } from './xml-read.ts';
import type { XmlElement } from './xml-tree.ts';

/** A VM of this platform as OpenNebula has it. */
export interface OneVm {
  readonly id: number;
  readonly name: NonNullable<ReturnType<typeof asVmName>>;
  readonly tag: Tag;
  readonly state: number;
  readonly lcm: number;
  /** What OpenNebula works with: capacity, disks, interfaces. */
  readonly template: XmlElement | undefined;
  /** What others have noted: our marks, and OpenNebula's last error. */
  readonly notes: XmlElement | undefined;
}

/** Not ours, or gone: `undefined`. */
export function readVm(element: XmlElement): OneVm | undefined {
  const notes = childOf(element, 'USER_TEMPLATE');
  const owner = ownerIn(notes, 'vm');
  const name = asVmName(owner?.name ?? '');
  const states = { state: numberOf(element, 'STATE') ?? -1, lcm: numberOf(element, 'LCM_STATE') ?? -1 };
  if (owner === undefined || name === undefined || statusOf(states) === undefined) return undefined;
  return {
    id: idOf(element),
    name,
    tag: owner.tag,
    ...states,
    template: childOf(element, 'TEMPLATE'),
    notes,
  };
}

export interface OneDisk extends VmDisk {
  readonly diskId: number;
  /** `vdb`. */
  readonly target: string | undefined;
}

/** Its data disks: those that carry our mark. */
export function disksOf({ template }: OneVm): readonly OneDisk[] {
  return childrenOf(template, 'DISK').flatMap((element) => {
    const disk = asDiskName(textOf(element, mark.disk) ?? '');
    const diskId = numberOf(element, 'DISK_ID');
    if (disk === undefined || diskId === undefined) return [];
    const mountPath = textOf(element, mark.mountPath) ?? '';
    return [{ disk, mountPath, diskId, target: textOf(element, 'TARGET') }];
  });
}

/** The first disk that is not one of ours. */
export function rootDiskId({ template }: OneVm): number | undefined {
  const isRoot = (element: XmlElement) => textOf(element, mark.disk) === undefined;
  return numberOf(childrenOf(template, 'DISK').find(isRoot), 'DISK_ID');
}

interface OneInterface extends VmAddress {
  readonly isPublic: boolean;
}

/** In order. An interface without IPv4 address, or of a network that is not ours, is passed over. */
function interfacesOf({ template }: OneVm): readonly OneInterface[] {
  return childrenOf(template, 'NIC')
    .toSorted((one, other) => (numberOf(one, 'NIC_ID') ?? 0) - (numberOf(other, 'NIC_ID') ?? 0))
    .flatMap((element) => {
      const network = asNetworkName(textOf(element, mark.network) ?? '');
      const address = textOf(element, 'IP');
      if (network === undefined || address === undefined) return [];
      return [{ network, address, isPublic: textOf(element, mark.isPublic) === 'YES' }];
    });
}

export function capacityOf({ template }: OneVm): Pick<Vm, 'cpuCount' | 'memoryMiB'> {
  return {
    cpuCount: numberOf(template, 'VCPU') ?? Math.ceil(numberOf(template, 'CPU') ?? 0),
    memoryMiB: numberOf(template, 'MEMORY') ?? 0,
  };
}

export function toVm(site: Site, vm: OneVm): Vm {
  const status = statusOf(vm) ?? 'stopped';
  const interfaces = interfacesOf(vm);
  const disks = disksOf(vm);
  const host = site.account.guests === 'simulated' ? undefined : interfaces.find(({ isPublic }) => isPublic);
  const hostKey = textOf(vm.notes, mark.hostKey);
  const user = textOf(vm.notes, mark.login);
  const devices = disks.flatMap(({ disk, target }) =>
    target === undefined ? [] : [[disk, `/dev/${target}`] as const],
  );
  return {
    name: vm.name,
    tag: vm.tag,
    status,
    image: imageOf(vm),
    ...capacityOf(vm),
    addresses: interfaces.map(({ network, address }) => ({ network, address })),
    disks: disks.map(({ disk, mountPath }) => ({ disk, mountPath })),
    ...(devices.length === 0 ? {} : { devices: Object.fromEntries(devices) }),
    ...(host === undefined || user === undefined || status === 'creating'
      ? {}
      : { ssh: { host: host.address, port: 22, user } }),
    hostKeys: hostKey === undefined ? [] : [hostKey],
    ...(status === 'failed' ? { failure: failureOf(vm) } : {}),
  };
}

export function imageOf({ notes }: OneVm): Vm['image'] {
  const digest =
    parseId('Sha256', textOf(notes, mark.imageDigest) ?? '') ?? parseId('Sha256', '0'.repeat(64));
  return { location: textOf(notes, mark.image) ?? '', digest: digest as Vm['image']['digest'] };
}

/** `Mon Nov  2 10:00:00 2026 : Error executing image transfer script`. */
function failureOf(vm: OneVm): string {
  const said = textOf(vm.notes, 'ERROR')?.replace(/^\w{3} \w{3} +\d+ [\d:]+ \d{4} *: */, '');
  return said === undefined ? stateName(vm) : `${stateName(vm)}: ${said.slice(0, 1000)}`;
}
