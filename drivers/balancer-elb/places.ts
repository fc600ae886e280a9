import type { Subnet } from '@aws-sdk/client-ec2';
import type { BalancerSpec } from '@trencadis/availability';
import { unsupported } from '@trencadis/aws-client';
import type { Account } from './account.ts';
import { type SecondZone, planSecondZone } from './add-zone.ts';
import type { Kind } from './check-spec.ts';
import { type NetworkRecord, describeSubnets, networkRecords, subnetsOf } from './networks.ts';

/** Where a balancer stands. */
export interface Places {
  readonly vpcId: string;
  /** One in each zone, in the order of the zones. */
  readonly subnetIds: readonly string[];
  /** Of the networks: all that is in one of them reaches each other, and so the balancer its members. */
  readonly groupIds: readonly string[];
  readonly scheme: 'internet-facing' | 'internal';
  /** To be made, or finished, beside those that are there. */
  readonly second?: SecondZone;
}

/** The networks that a spec names, in that order; none: the default VPC of the account. */
export async function placesOf(account: Account, spec: BalancerSpec, kind: Kind): Promise<Places> {
  const { networks = [] } = spec;
  if (networks.length === 0) return inZones(spec.name, kind, await defaultPlaces(account));
  const records = await networkRecords(account, networks, spec.name);
  const outside = records.filter(({ isPublic }) => isPublic);
  // What is to be reached from outside has to stand where the way out is.
  const facing = outside.length > 0 ? outside : records;
  const subnets: Subnet[] = [];
  for (const record of facing) subnets.push(...(await subnetsOf(account, record)));
  return inZones(spec.name, kind, {
    vpcId: records[0]?.vpcId ?? '',
    subnetIds: onePerZone(subnets).map(({ SubnetId = '' }) => SubnetId),
    groupIds: records.map(({ groupId }) => groupId),
    scheme: outside.length > 0 ? 'internet-facing' : 'internal',
    ...(await secondOf(account, spec, { kind, facing, subnets })),
  });
}

interface Standing {
  readonly kind: Kind;
  readonly facing: readonly NetworkRecord[];
  readonly subnets: readonly Subnet[];
}

async function secondOf(
  account: Account,
  spec: BalancerSpec,
  { kind, facing: [first], subnets }: Standing,
): Promise<Pick<Places, 'second'>> {
  if (kind === 'network' || first === undefined) return {};
  const second = await planSecondZone(account, spec, { ...first, subnets });
  return second === undefined ? {} : { second };
}

function inZones(balancer: string, kind: Kind, places: Places): Places {
  if (places.subnetIds.length === 0)
    throw unsupported(`The balancer ${balancer} has no subnet to stand in: name a network.`, balancer);
  if (kind === 'network' || places.subnetIds.length > 1 || places.second !== undefined) return places;
  throw unsupported(
    `The balancer ${balancer} stands in one zone: Amazon's balancers of HTTP need two. Name a second network in another zone.`,
    balancer,
  );
}

function onePerZone(subnets: readonly Subnet[]): Subnet[] {
  const byZone = new Map<string, Subnet>();
  const ordered = subnets.toSorted((one, other) => (one.SubnetId ?? '').localeCompare(other.SubnetId ?? ''));
  for (const subnet of ordered) {
    const zone = subnet.AvailabilityZone ?? '';
    if (!byZone.has(zone)) byZone.set(zone, subnet);
  }
  return [...byZone.entries()].toSorted(([one], [other]) => one.localeCompare(other)).map(([, each]) => each);
}

/** VMs without a network of ours stand there. */
async function defaultPlaces(account: Account): Promise<Places> {
  const { ec2, on } = account;
  const isDefault = { Name: 'is-default', Values: ['true'] };
  const { Vpcs = [] } = await ec2.describeVpcs({ Filters: [isDefault] }, on);
  const vpcId = Vpcs[0]?.VpcId;
  if (vpcId === undefined)
    throw unsupported('The account has no default VPC: name the networks of the balancer.', 'networks');
  const inVpc = { Name: 'vpc-id', Values: [vpcId] };
  const subnets = await describeSubnets(account, inVpc, { Name: 'default-for-az', Values: ['true'] });
  const isDefaultGroup = { Name: 'group-name', Values: ['default'] };
  const { SecurityGroups = [] } = await ec2.describeSecurityGroups({ Filters: [inVpc, isDefaultGroup] }, on);
  return {
    vpcId,
    subnetIds: onePerZone(subnets).map(({ SubnetId = '' }) => SubnetId),
    groupIds: SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []),
    scheme: 'internet-facing',
  };
}
