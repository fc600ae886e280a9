import type { Subnet } from '@aws-sdk/client-ec2';
import type { BalancerSpec } from '@trencadis/availability';
import type { Account } from './account.ts';
import { ensureSecondZone } from './add-zone.ts';
import type { Kind } from './check-spec.ts';
import { unsupported } from './errors.ts';
import { describeSubnets, networkRecords, subnetsOf } from './networks.ts';

/** Where a balancer stands. */
export interface Places {
  readonly vpcId: string;
  /** One in each zone, in the order of the zones. */
  readonly subnetIds: readonly string[];
  /** Of the networks: all that is in one of them reaches each other, and so the balancer its members. */
  readonly groupIds: readonly string[];
  readonly scheme: 'internet-facing' | 'internal';
}

/** The networks that a spec names, in that order; none: the default VPC of the account. */
export async function placesOf(account: Account, spec: BalancerSpec, kind: Kind): Promise<Places> {
  const { networks = [] } = spec;
  if (networks.length === 0) return inZones(spec.name, kind, await defaultPlaces(account));
  const records = await networkRecords(account, networks, spec.name);
  // What is to be reached from outside has to stand where the way out is.
  const facing = records.some(({ isPublic }) => isPublic)
    ? records.filter(({ isPublic }) => isPublic)
    : records;
  const all: Subnet[] = [];
  for (const record of facing) all.push(...(await subnetsOf(account, record)));
  const [first] = facing;
  const subnets =
    kind === 'network' || first === undefined
      ? all
      : await ensureSecondZone(account, spec, { ...first, subnets: all });
  return inZones(spec.name, kind, {
    vpcId: records[0]?.vpcId ?? '',
    subnetIds: onePerZone(subnets).map(({ SubnetId = '' }) => SubnetId),
    groupIds: records.map(({ groupId }) => groupId),
    scheme: facing.some(({ isPublic }) => isPublic) ? 'internet-facing' : 'internal',
  });
}

function inZones(balancer: string, kind: Kind, places: Places): Places {
  if (places.subnetIds.length === 0)
    throw unsupported(`The balancer ${balancer} has no subnet to stand in: name a network.`, balancer);
  if (kind === 'network' || places.subnetIds.length > 1) return places;
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
