import type { Subnet } from '@aws-sdk/client-ec2';
import type { BalancerSpec } from '@trencadis/availability';
import { byTag, factsOf, hasAwsCode, tagsOf, unsupported } from '@trencadis/aws-client';
import { type Ipv4Range, formatRange, freeParts, parseRange } from '@trencadis/ipv4';
import { type Account, done, onceVisible, removed } from './account.ts';
import { type NetworkRecord, describeSubnets } from './networks.ts';
import { tagKey } from './tags.ts';

/** A subnet that is still to be made, or to be led out of. */
export interface SecondZone {
  readonly network: NetworkRecord;
  readonly zone: string;
  readonly part: Ipv4Range;
  readonly existing?: string;
}

/**
 * A subnet in a second zone, as Amazon's balancers of HTTP need one; `undefined`: there is one that is not ours. It is a
 * further part of the network's own range, with the tags by which the VM driver knows it, so that VMs may use it too
 * and it goes with its network at the latest. Only planned here: the balancer's record is to be there before it.
 */
export async function planSecondZone(
  account: Account,
  spec: BalancerSpec,
  network: NetworkRecord & { readonly subnets: readonly Subnet[] },
): Promise<SecondZone | undefined> {
  const { subnets } = network;
  const added = subnets.find((subnet) => factsOf(subnet)[tagKey.balancer] === spec.name);
  const range = parseRange(added?.CidrBlock ?? '');
  if (added?.SubnetId !== undefined && range !== undefined)
    return { network, zone: added.AvailabilityZone ?? '', part: range, existing: added.SubnetId };
  if (new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size > 1) return undefined;
  const part = await nextPart(account, network);
  const zone = (await zonesOf(account)).find(
    (each) => !subnets.some(({ AvailabilityZone }) => AvailabilityZone === each),
  );
  if (part === undefined || zone === undefined) throw noRoom(spec.name, network.name);
  return { network, zone, part };
}

async function nextPart(account: Account, network: NetworkRecord): Promise<Ipv4Range | undefined> {
  const [text = '', length] = network.range.split(' ');
  const range = parseRange(text);
  if (range === undefined || length === undefined || network.providerSubnet !== undefined) return undefined;
  const inVpc = await describeSubnets(account, { Name: 'vpc-id', Values: [network.vpcId] });
  const taken = inVpc.flatMap(({ CidrBlock = '' }) => parseRange(CidrBlock) ?? []);
  const [part] = freeParts(range, Number(length), taken);
  return part;
}

export async function makeSecondZone(
  account: Account,
  spec: BalancerSpec,
  plan: SecondZone,
): Promise<string> {
  const { network } = plan;
  const id = plan.existing ?? (await makeSubnet(account, spec, plan));
  if (network.isPublic) await leadOut(account, network.name, id);
  return id;
}

async function makeSubnet(
  account: Account,
  spec: BalancerSpec,
  { network, part, zone }: SecondZone,
): Promise<string> {
  account.signal.throwIfAborted();
  try {
    // To its end, also for a caller who calls it off: whoever removes it then waits for it and finds it.
    const { Subnet: made } = await account.ec2.createSubnet({
      VpcId: network.vpcId,
      CidrBlock: formatRange(part),
      AvailabilityZone: zone,
      TagSpecifications: [{ ResourceType: 'subnet', Tags: tagsOf(factsOfSubnet(spec, network)) }],
    });
    return made?.SubnetId ?? '';
  } catch (error) {
    if (!hasAwsCode(error, /^InvalidSubnet\.Conflict$/)) throw error;
    // The answer of an earlier attempt was lost; or somebody else has taken that part, and asking again takes another.
    const [own] = await describeSubnets(account, byTag(tagKey.balancer, spec.name));
    if (own?.SubnetId === undefined) throw error;
    return own.SubnetId;
  }
}

function factsOfSubnet({ name }: BalancerSpec, network: NetworkRecord) {
  return {
    [tagKey.shown]: network.name,
    [tagKey.tag]: network.tag,
    [tagKey.name]: network.name,
    [tagKey.balancer]: name,
  };
}

function noRoom(balancer: string, network: string) {
  return unsupported(
    `The balancer ${balancer} needs a second zone, and the network ${network} has no part for one: leave its subnet to the platform, or name a second network in another zone.`,
    balancer,
  );
}

async function zonesOf({ ec2, on }: Account): Promise<readonly string[]> {
  const { AvailabilityZones = [] } = await ec2.describeAvailabilityZones(
    { Filters: [{ Name: 'state', Values: ['available'] }] },
    on,
  );
  const ordinary = AvailabilityZones.filter(
    ({ ZoneType = 'availability-zone' }) => ZoneType === 'availability-zone',
  );
  return ordinary.flatMap(({ ZoneName }) => ZoneName ?? []).toSorted();
}

/** The network's own table leads to the internet. */
async function leadOut(account: Account, network: string, SubnetId: string): Promise<void> {
  const { ec2, on } = account;
  const { RouteTables = [] } = await ec2.describeRouteTables({ Filters: [byTag(tagKey.name, network)] }, on);
  const [table] = RouteTables;
  if (table?.RouteTableId === undefined) return;
  if (table.Associations?.some((each) => each.SubnetId === SubnetId)) return;
  const association = { RouteTableId: table.RouteTableId, SubnetId };
  await done(() => onceVisible(account, () => ec2.associateRouteTable(association, on)));
}

/** Those that were made for that balancer and in which nothing else stands; others stay with their network. */
export async function removeAddedZones(account: Account, balancer: string): Promise<void> {
  const { ec2, on } = account;
  for (const { SubnetId = '' } of await describeSubnets(account, byTag(tagKey.balancer, balancer))) {
    const inSubnet = { Name: 'subnet-id', Values: [SubnetId] };
    const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces({ Filters: [inSubnet] }, on);
    if (NetworkInterfaces.length > 0) continue;
    await leaveTables(account, SubnetId);
    try {
      await removed(() => ec2.deleteSubnet({ SubnetId }, on));
    } catch (error) {
      // Somebody has just moved in.
      if (!hasAwsCode(error, /^DependencyViolation$/)) throw error;
    }
  }
}

async function leaveTables({ ec2, on }: Account, SubnetId: string): Promise<void> {
  const bySubnet = { Name: 'association.subnet-id', Values: [SubnetId] };
  const { RouteTables = [] } = await ec2.describeRouteTables({ Filters: [bySubnet] }, on);
  const associations = RouteTables.flatMap(({ Associations = [] }) => Associations);
  for (const { RouteTableAssociationId: AssociationId, SubnetId: id } of associations) {
    if (id === SubnetId) await removed(() => ec2.disassociateRouteTable({ AssociationId }, on));
  }
}
