import { formatAddress, parseAddress } from '@trencadis/ipv4';
import { imageState } from '../../one-image.ts';
import { vnetState } from '../../one-network.ts';
import { usable } from './call.ts';
import { type Used, usedBy } from './documents.ts';
import { Refusal } from './refusal.ts';
import { type Template, type Vector, textIn } from './template.ts';
import type { SimImage, SimUser, SimVnet, SimWorld } from './world.ts';

export interface Taking {
  readonly world: SimWorld;
  readonly user: SimUser;
  readonly vmId: number;
}

/** Whether the user's quotas leave so much more. */
export function checkQuota(world: SimWorld, user: SimUser, more: Used): void {
  if (user.id === 0) return;
  const used = usedBy(world, user);
  for (const metric of ['VMS', 'MEMORY', 'CPU'] as const) {
    const limit = user.limits[metric];
    if (limit !== undefined && used[metric] + more[metric] > limit) {
      const message = `limit of ${limit} reached for ${metric} quota in VM`;
      throw new Refusal('AUTHORIZATION', `User [${user.id}] : user [${user.id}] ${message}.`);
    }
  }
}

/** The disk as the VM has it, and the image taken by it. */
export function acquire(
  { world, user, vmId }: Taking,
  disk: Vector,
  place: { diskId: number; isLive: boolean },
): Vector {
  const id = Number(disk['IMAGE_ID']);
  const image = world.images.get(id);
  if (image === undefined)
    throw new Refusal('INTERNAL', `DISK ${place.diskId}: Image with ID: ${id} does not exist`);
  usable(user, 'image', image, id);
  occupy(image, vmId, place.isLive);
  return {
    ...disk,
    DISK_ID: String(place.diskId),
    IMAGE: image.name,
    SIZE: String(image.sizeMb),
    DATASTORE_ID: '1',
    DEV_PREFIX: textIn(image.attributes, 'DEV_PREFIX') ?? 'hd',
  };
}

/** As `ImageManager::acquire_image` has it. */
function occupy(image: SimImage, vmId: number, isLive: boolean): void {
  const isLocked = image.state === imageState.LOCKED || image.state === imageState.LOCKED_USED;
  if (image.state === imageState.USED_PERS || image.state === imageState.LOCKED_USED_PERS) {
    throw new Refusal('INTERNAL', `Cannot acquire image ${image.id}, it is persistent and already in use`);
  }
  if (isLocked && isLive) throw new Refusal('INTERNAL', `Cannot acquire image ${image.id}, it is locked`);
  if (
    ![imageState.READY, imageState.USED, imageState.LOCKED, imageState.LOCKED_USED].some(
      (state) => state === image.state,
    )
  ) {
    throw new Refusal('INTERNAL', `Cannot acquire image ${image.id}, it is in state: ERROR`);
  }
  image.vmIds.add(vmId);
  if (isLocked) image.state = image.isPersistent ? imageState.LOCKED_USED_PERS : imageState.LOCKED_USED;
  else image.state = image.isPersistent ? imageState.USED_PERS : imageState.USED;
}

/** `vda` for the first, and so on, past those that are taken. */
export function withTargets(disks: readonly Vector[]): Vector[] {
  const taken = new Set(disks.flatMap(({ TARGET }) => TARGET ?? []));
  return disks.map((disk) => {
    if (disk['TARGET'] !== undefined) return disk;
    const letter = 'abcdefghijklmnopqrstuvwxyz'
      .split('')
      .find((each) => !taken.has(`${disk['DEV_PREFIX']}${each}`));
    const target = `${disk['DEV_PREFIX']}${letter}`;
    taken.add(target);
    return { ...disk, TARGET: target };
  });
}

/** The interface as the VM has it, and its address taken. */
export function lease({ world, user, vmId }: Taking, nic: Vector, nicId: number): Vector {
  const id = Number(nic['NETWORK_ID']);
  const vnet = world.vnets.get(id);
  if (vnet === undefined) throw new Refusal('INTERNAL', `Virtual network with ID: ${id} does not exist`);
  usable(user, 'virtual network', vnet, id);
  const address = addressFor(vnet, nic['IP']);
  if (address === undefined || vnet.state !== vnetState.READY) {
    throw new Refusal('INTERNAL', `Cannot get IP/MAC lease from virtual network ${id}.`);
  }
  vnet.leases.set(address, { kind: 'vm', id: vmId });
  const groups = [nic['SECURITY_GROUPS'], textIn(vnet.attributes, 'SECURITY_GROUPS')]
    .filter(Boolean)
    .join(',');
  const names = { NETWORK: vnet.name, IP: formatAddress(address), MAC: '02:00:00:00:00:01' };
  return {
    ...nic,
    ...names,
    NIC_ID: String(nicId),
    SECURITY_GROUPS: [...new Set(groups.split(','))].join(','),
  };
}

function addressFor({ ranges, leases }: SimVnet, asked: string | undefined): number | undefined {
  const wanted = asked === undefined ? undefined : parseAddress(asked);
  for (const { first, size } of ranges) {
    for (let address = first; address < first + size; address += 1) {
      if (!leases.has(address) && (wanted === undefined || wanted === address)) return address;
    }
  }
  return undefined;
}

/** Users beside the administrators may not say these (`VM_RESTRICTED_ATTR` of oned.conf). */
const restrictedNames = new Set([
  'CPU_COST',
  'MEMORY_COST',
  'DISK_COST',
  'PCI',
  'EMULATOR',
  'RAW',
  'USER_PRIORITY',
  'DEPLOY_ID',
]);
const restrictedKeys: Readonly<Record<string, readonly string[]>> = {
  CONTEXT: ['FILES'],
  NIC: ['MAC', 'VLAN_ID', 'BRIDGE', 'FILTER'],
  DISK: ['ORIGINAL_SIZE', 'SIZE_PREV', 'OPENNEBULA_MANAGED'],
};

export function restrictedIn(template: Template): string | undefined {
  for (const { name, value } of template) {
    if (restrictedNames.has(name)) return name;
    const key = restrictedKeys[name]?.find((each) => typeof value !== 'string' && value[each] !== undefined);
    if (key !== undefined) return `${name}/${key}`;
  }
  return undefined;
}
