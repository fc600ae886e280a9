import { conflict, invalid, notFound } from '@trencadis/aws-client';
import type { DiskName } from '@trencadis/ids';
import { contains, formatRange, parseAddress } from '@trencadis/ipv4';
import type { VmDisk, VmSpec } from '@trencadis/vmm';
import type { Account } from './account.ts';
import { defaultSubnet } from './default-subnet.ts';
import { type OwnDisk, findDisks } from './ec2-disks.ts';
import { changingNetworks } from './ec2-networks.ts';
import { type DiskClaim, holderOf, nameOf } from './instances.ts';
import { type OwnNetwork, findNetworks } from './own-networks.ts';
import { ensureRoute } from './routes.ts';
import { type ZoneSubnet, ensureSubnet, findSubnets, providerSubnet } from './subnets.ts';
import { tagKey } from './tags.ts';
import { homeZone, zonesOf } from './zones.ts';

export interface PlacedInterface {
  /** Absent: the default subnet of the account, with its default security group. */
  readonly network?: OwnNetwork;
  readonly subnetId: string;
  readonly address?: string;
}

export interface Placement {
  readonly zone: string;
  readonly interfaces: readonly PlacedInterface[];
  readonly claims: readonly DiskClaim[];
}

/** A reason for a VM to be in a zone. */
export interface ZoneReason {
  readonly zone: string;
  readonly because: string;
}

/**
 * Where a VM goes: volumes attach inside their zone only, and all interfaces of an instance lie in one zone of one VPC.
 * Networks and disks that are not there: `not-found`; a disk of another VM, or two zones at once: `conflict`.
 */
export async function placeVm(account: Account, spec: VmSpec): Promise<Placement> {
  const networks = await networksOf(account, spec);
  const disks = await freeDisks(account, spec.name, spec.disks);
  const reasons: ZoneReason[] = [];
  if (spec.zone !== undefined) reasons.push(await askedZone(account, spec.zone));
  for (const { name, zone } of disks) reasons.push({ zone, because: `the disk ${name}` });
  for (const [index, network] of networks.entries()) {
    const zone = await zoneOfNetwork(account, network, spec.interfaces[index]?.address);
    if (zone !== undefined) reasons.push({ zone, because: `the network ${network.name}` });
  }
  const zone = agreedZone(spec.name, reasons) ?? (await homeZone(account, spec.tag));
  const interfaces = await placeInterfaces(account, spec, { zone, networks });
  return { zone, interfaces, claims: claimsFor(spec.disks, disks) };
}

async function placeInterfaces(
  account: Account,
  { name, interfaces }: VmSpec,
  { zone, networks }: { readonly zone: string; readonly networks: readonly OwnNetwork[] },
): Promise<readonly PlacedInterface[]> {
  if (networks.length === 0) return [{ subnetId: await defaultSubnet(account, zone, name) }];
  const placed: PlacedInterface[] = [];
  for (const [index, network] of networks.entries()) {
    const address = interfaces[index]?.address;
    const { id } = await subnetFor(account, network, { zone, address });
    if (address !== undefined) await refuseUsed(account, id, address);
    placed.push({ network, subnetId: id, ...(address === undefined ? {} : { address }) });
  }
  return placed;
}

/** Amazon refuses it too, but tells nobody whose it is. */
async function refuseUsed({ ec2, on }: Account, subnetId: string, address: string): Promise<void> {
  const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces(
    {
      Filters: [
        { Name: 'subnet-id', Values: [subnetId] },
        { Name: 'addresses.private-ip-address', Values: [address] },
      ],
    },
    on,
  );
  const [holder] = NetworkInterfaces;
  if (holder === undefined) return;
  const user = holder.Attachment?.InstanceId ?? holder.NetworkInterfaceId;
  throw conflict(`The address ${address} is ${user}'s already: ask for another one.`, address);
}

async function networksOf(account: Account, { name, interfaces }: VmSpec): Promise<readonly OwnNetwork[]> {
  if (interfaces.length === 0) return [];
  const names = interfaces.map(({ network }) => network);
  const found = await findNetworks(account, tagKey.name, [...new Set(names)]);
  const networks = names.map((wanted) => {
    const network = found.find((each) => each.name === wanted);
    if (network === undefined) throw notFound('network', wanted);
    return network;
  });
  for (const [index, network] of networks.entries()) checkAddress(network, interfaces[index]?.address);
  const vpcs = new Set(networks.map(({ vpcId }) => vpcId));
  if (vpcs.size <= 1) return networks;
  throw conflict(
    `The networks ${names.join(', ')} of ${name} lie in ${vpcs.size} VPCs (${[...vpcs].join(', ')}): at Amazon EC2 all of a VM's lie in one.`,
    name,
  );
}

function checkAddress({ name, range }: OwnNetwork, address: string | undefined): void {
  if (address === undefined) return;
  if (contains(range, parseAddress(address))) return;
  throw invalid(`The address ${address} is not in the network ${name} (${formatRange(range)}).`, address);
}

/** Disks to be attached to that VM, as they are; `conflict` where another one has or is to have one. */
export async function freeDisks(
  account: Account,
  vm: string,
  disks: readonly VmDisk[],
): Promise<readonly OwnDisk[]> {
  if (disks.length === 0) return [];
  const names = disks.map(({ disk }) => disk);
  const found = await findDisks(account, tagKey.name, names);
  const free: OwnDisk[] = [];
  for (const name of names) {
    const disk = found.find((each) => each.name === name);
    if (disk === undefined) throw notFound('disk', name);
    await refuseHeld(account, vm, name);
    free.push(disk);
  }
  return free;
}

async function refuseHeld(account: Account, vm: string, disk: DiskName): Promise<void> {
  const holder = await holderOf(account, disk);
  if (holder === undefined || nameOf(holder) === vm) return;
  throw conflict(`The disk ${disk} is attached to the VM ${nameOf(holder)}: detach it first.`, disk);
}

export function claimsFor(wanted: readonly VmDisk[], disks: readonly OwnDisk[]): readonly DiskClaim[] {
  return wanted.map(({ disk, mountPath }, order) => {
    const volumeId = disks.find(({ name }) => name === disk)?.volumeId ?? '';
    return { disk, mountPath, volumeId, order };
  });
}

async function askedZone(account: Account, zone: string): Promise<ZoneReason> {
  if (!(await zonesOf(account)).includes(zone)) throw notFound('zone', zone);
  return { zone, because: 'its own wish' };
}

/** A network whose subnet was asked for, or is the provider's, lies in one zone; another one grows into each. */
async function zoneOfNetwork(
  account: Account,
  network: OwnNetwork,
  address: string | undefined,
): Promise<string | undefined> {
  const { providerSubnetId, name, partLength, range } = network;
  if (providerSubnetId !== undefined) return (await providerSubnet(account, providerSubnetId)).zone;
  const number = address === undefined ? undefined : parseAddress(address);
  if (number === undefined && partLength !== range.length) return undefined;
  const subnets = await findSubnets(account, name);
  return subnets.find((subnet) => number === undefined || contains(subnet.range, number))?.zone;
}

/** The zone in which all reasons agree; none: `undefined`. */
export function agreedZone(vm: string, reasons: readonly ZoneReason[]): string | undefined {
  const [first] = reasons;
  const other = reasons.find(({ zone }) => zone !== first?.zone);
  if (first === undefined || other === undefined) return first?.zone;
  throw conflict(
    `The VM ${vm} cannot be in ${first.zone} for ${first.because} and in ${other.zone} for ${other.because}: at Amazon EC2 disks and subnets belong to one zone.`,
    vm,
  );
}

async function subnetFor(
  account: Account,
  network: OwnNetwork,
  place: { readonly zone: string; readonly address: string | undefined },
): Promise<ZoneSubnet> {
  return changingNetworks(account, async () => {
    const subnet = await ensureSubnet(account, network, place);
    await ensureRoute(account, network, subnet.id);
    return subnet;
  });
}
