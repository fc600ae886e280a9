import type { Subnet } from '@aws-sdk/client-ec2';
import { allPages, byTag, conflict, hasAwsCode, invalid, notFound } from '@trencadis/aws-client';
import { type Ipv4Range, contains, formatRange, freeParts, parseAddress, parseRange } from '@trencadis/ipv4';
import { type Account, onceFree, onceVisible, removed } from './account.ts';
import type { OwnNetwork } from './own-networks.ts';
import { findTables } from './routes.ts';
import { tagKey, tagged } from './tags.ts';

export interface ZoneSubnet {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly range: Ipv4Range;
}

/** Of a network that may stretch over the zones of a region: each zone's part, 251 addresses. */
export const partLength = 24;

export function toZoneSubnet({ SubnetId, VpcId, AvailabilityZone, CidrBlock }: Subnet): ZoneSubnet {
  return {
    id: SubnetId ?? '',
    vpcId: VpcId ?? '',
    zone: AvailabilityZone ?? '',
    range: parseRange(CidrBlock ?? '') ?? { first: 0, length: 32 },
  };
}

/** The subnets of networks, lowest first, by the networks' names. */
export async function findSubnets(account: Account, name: string): Promise<readonly ZoneSubnet[]> {
  return askSubnets(account, byTag(tagKey.name, name));
}

export async function subnetsOfVpc(account: Account, vpcId: string): Promise<readonly ZoneSubnet[]> {
  return askSubnets(account, { Name: 'vpc-id', Values: [vpcId] });
}

async function askSubnets({ ec2, on }: Account, filter: ReturnType<typeof byTag>) {
  const found = await allPages(
    (from) => ec2.describeSubnets({ Filters: [filter], ...from }, on),
    ({ Subnets }) => Subnets,
  );
  return found.map(toZoneSubnet).toSorted((one, other) => one.range.first - other.range.first);
}

/** A subnet that the account has already, by its id, `vpc-id.subnet-id` or Name. */
export async function providerSubnet(account: Account, providerNetwork: string): Promise<ZoneSubnet> {
  const { ec2, on } = account;
  const id = /^(?:vpc-[0-9a-f]+\.)?(subnet-[0-9a-f]+)$/.exec(providerNetwork)?.[1];
  const filter =
    id === undefined ? byTag(tagKey.shown, providerNetwork) : { Name: 'subnet-id', Values: [id] };
  const { Subnets = [] } = await ec2.describeSubnets({ Filters: [filter] }, on);
  const [vpcId] = providerNetwork.split('.');
  const fitting = Subnets.map(toZoneSubnet).filter(
    (subnet) => id === undefined || id === providerNetwork || subnet.vpcId === vpcId,
  );
  const [subnet, another] = fitting;
  if (subnet === undefined) throw notFound('subnet', providerNetwork);
  if (another === undefined) return subnet;
  throw invalid(
    `${fitting.length} subnets of this account have the Name ${providerNetwork}: give the id of one.`,
    providerNetwork,
  );
}

export interface Place {
  readonly zone: string;
  /** IPv4 address that must lie in it. */
  readonly address?: string | undefined;
}

/** Where interfaces of that network in that zone go; a part of the network's range is taken for the zone when it has none. */
export async function ensureSubnet(account: Account, network: OwnNetwork, place: Place): Promise<ZoneSubnet> {
  const { name, providerSubnetId } = network;
  if (providerSubnetId !== undefined)
    return inPlace(network, await providerSubnet(account, providerSubnetId), place);
  for (let attempt = 1; ; attempt += 1) {
    const subnets = await findSubnets(account, name);
    const existing = choose(network, subnets, place);
    if (existing !== undefined) return existing;
    const taken = (await subnetsOfVpc(account, network.vpcId)).map(({ range }) => range);
    const free = freeParts(network.range, network.partLength, taken);
    const address = place.address === undefined ? undefined : parseAddress(place.address);
    const part = free.find((each) => address === undefined || contains(each, address));
    if (part === undefined) throw noPart(network, place);
    try {
      return await makeSubnet(account, network, { part, zone: place.zone });
    } catch (error) {
      // Another process was quicker: look again.
      if (attempt >= 5 || !hasAwsCode(error, /^InvalidSubnet\.Conflict$/)) throw error;
    }
  }
}

function choose(network: OwnNetwork, subnets: readonly ZoneSubnet[], place: Place): ZoneSubnet | undefined {
  if (place.address === undefined) return subnets.find(({ zone }) => zone === place.zone);
  const address = parseAddress(place.address);
  const holder = subnets.find(({ range }) => contains(range, address));
  return holder === undefined ? undefined : inPlace(network, holder, place);
}

function inPlace({ name }: OwnNetwork, subnet: ZoneSubnet, { zone, address }: Place): ZoneSubnet {
  if (subnet.zone !== zone) {
    throw conflict(
      `${address === undefined ? `The network ${name}` : `${address} of the network ${name}`} lies in the zone ${subnet.zone}, and the VM in ${zone}: ask for that zone.`,
      name,
    );
  }
  return subnet;
}

function noPart({ name, range }: OwnNetwork, { zone }: Place) {
  return conflict(
    `The network ${name} (${formatRange(range)}) has no part left for the zone ${zone}: leave its subnet to the platform, or put the VM into another zone.`,
    name,
  );
}

/** Public addresses are given to interfaces, not by subnets: so nobody else's VM gets one by accident. */
export async function makeSubnet(
  account: Account,
  network: OwnNetwork,
  { part, zone }: { readonly part: Ipv4Range; readonly zone: string },
): Promise<ZoneSubnet> {
  const { name, tag, vpcId } = network;
  const facts = { [tagKey.shown]: name, [tagKey.tag]: tag, [tagKey.name]: name };
  const { Subnet } = await onceVisible(account, () =>
    account.ec2.createSubnet(
      {
        VpcId: vpcId,
        CidrBlock: formatRange(part),
        AvailabilityZone: zone,
        TagSpecifications: [tagged('subnet', facts)],
      },
      account.on,
    ),
  );
  return toZoneSubnet(Subnet ?? {});
}

/** Subnets and route tables of that name. */
export async function removeSubnets(account: Account, name: string): Promise<void> {
  const { ec2, on } = account;
  const tables = await findTables(account, name);
  for (const { AssociationId } of tables.flatMap(({ Associations = [] }) =>
    Associations.map(({ RouteTableAssociationId }) => ({ AssociationId: RouteTableAssociationId })),
  )) {
    await removed(() => ec2.disassociateRouteTable({ AssociationId }, on));
  }
  for (const { id } of await findSubnets(account, name))
    await removed(() => onceFree(account, () => ec2.deleteSubnet({ SubnetId: id }, on)));
  for (const { RouteTableId } of tables) await removed(() => ec2.deleteRouteTable({ RouteTableId }, on));
}
