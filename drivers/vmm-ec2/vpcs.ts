import type { Vpc } from '@aws-sdk/client-ec2';
import { allPages, byTag, factsOf, hasAwsCode } from '@trencadis/aws-client';
import type { NetworkSpec } from '@trencadis/vmm';
import { PlatformError } from '@trencadis/errors';
import { type Ipv4Range, enclosing, formatRange, overlap, parseRange, sizeOf } from '@trencadis/ipv4';
import { type Account, NotYetVisible, onceVisible, removed } from './account.ts';
import { tagKey, tagged } from './tags.ts';

/** A VPC that this platform has made for a tag. */
export interface OwnVpc {
  readonly id: string;
  readonly ranges: readonly Ipv4Range[];
  readonly tag: string;
  readonly madeFor: string;
  readonly madeAt: string;
}

const defaultRange: Ipv4Range = { first: 10 * 2 ** 24, length: 16 };
/** Amazon's limits for the range of a VPC and of a subnet. */
export const subnetLengths = { shortest: 16, longest: 28 } as const;

export async function findVpcs(account: Account, key: string, value: string): Promise<readonly OwnVpc[]> {
  const { ec2, on } = account;
  const found = await allPages(
    (from) => ec2.describeVpcs({ Filters: [byTag(key, value)], ...from }, on),
    ({ Vpcs }) => Vpcs,
  );
  return found.map(toOwnVpc).toSorted(byAge);
}

function toOwnVpc(vpc: Vpc): OwnVpc {
  const facts = factsOf(vpc);
  const blocks = vpc.CidrBlockAssociationSet?.map(({ CidrBlock }) => CidrBlock) ?? [];
  const texts = new Set([vpc.CidrBlock, ...blocks]);
  return {
    id: vpc.VpcId ?? '',
    ranges: [...texts].flatMap((text) => parseRange(text ?? '') ?? []),
    tag: facts[tagKey.tag] ?? '',
    madeFor: facts[tagKey.madeFor] ?? '',
    madeAt: facts[tagKey.madeAt] ?? '',
  };
}

/** Oldest first; everybody who sees the same VPCs takes the same one. */
function byAge(one: OwnVpc, other: OwnVpc): number {
  return one.madeAt.localeCompare(other.madeAt) || one.id.localeCompare(other.id);
}

/**
 * The VPC of the tag: all interfaces of an instance must lie in one, so an infrastructure has one, with a subnet for
 * each network. Amazon has no name that only one VPC can have: of two that were made at once the older stays, and who
 * has made the other removes it.
 */
export async function ensureVpc(account: Account, spec: NetworkSpec): Promise<OwnVpc> {
  const [oldest] = await findVpcs(account, tagKey.tag, spec.tag);
  if (oldest !== undefined) return oldest;
  const id = await makeVpc(account, spec);
  return onceVisible(account, async () => {
    const all = await findVpcs(account, tagKey.tag, spec.tag);
    const [winner] = all;
    if (winner === undefined) throw new NotYetVisible(id);
    if (winner.id !== id) await removed(() => account.ec2.deleteVpc({ VpcId: id }, account.on));
    return winner;
  });
}

async function makeVpc({ ec2, on, site }: Account, { name, tag, subnet }: NetworkSpec): Promise<string> {
  const asked = subnet === undefined ? undefined : parseRange(subnet);
  const range = asked === undefined ? defaultRange : enclosing(asked.first, subnetLengths.shortest);
  const facts = {
    [tagKey.shown]: `trencadis ${tag}`,
    [tagKey.tag]: tag,
    [tagKey.madeFor]: name,
    [tagKey.madeAt]: site.clock.now().toISOString(),
  };
  const { Vpc } = await ec2.createVpc(
    { CidrBlock: formatRange(range), TagSpecifications: [tagged('vpc', facts)] },
    on,
  );
  return Vpc?.VpcId ?? '';
}

/** A subnet that lies outside of the VPC widens it, as far as Amazon lets it. */
export async function widenVpc({ ec2, on }: Account, vpc: OwnVpc, range: Ipv4Range): Promise<void> {
  if (vpc.ranges.some((each) => overlap(each, range) && sizeOf(each) >= sizeOf(range))) return;
  const block = formatRange(enclosing(range.first, subnetLengths.shortest));
  await ec2.associateVpcCidrBlock({ VpcId: vpc.id, CidrBlock: block }, on);
}

/** The way in and out of the public networks of a VPC: it has one, which the first of them attaches. */
export async function ensureGateway(account: Account, vpcId: string, tag: string): Promise<string> {
  const existing = await findGateway(account, vpcId);
  if (existing !== undefined) return existing;
  const { ec2, on } = account;
  const facts = { [tagKey.shown]: `trencadis ${tag}`, [tagKey.tag]: tag };
  const { InternetGateway } = await ec2.createInternetGateway(
    { TagSpecifications: [tagged('internet-gateway', facts)] },
    on,
  );
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
  try {
    await onceVisible(account, () => ec2.attachInternetGateway({ InternetGatewayId, VpcId: vpcId }, on));
    return InternetGatewayId;
  } catch (error) {
    const attached = await findGateway(account, vpcId);
    if (attached !== InternetGatewayId) {
      await removed(() => ec2.deleteInternetGateway({ InternetGatewayId }, on));
    }
    // The answer of an earlier attempt was lost, or another process was quicker.
    if (attached !== undefined && hasAwsCode(error, /AlreadyAssociated|InvalidParameterValue/))
      return attached;
    throw error;
  }
}

async function findGateway({ ec2, on }: Account, vpcId: string): Promise<string | undefined> {
  const { InternetGateways = [] } = await ec2.describeInternetGateways(
    { Filters: [{ Name: 'attachment.vpc-id', Values: [vpcId] }] },
    on,
  );
  return InternetGateways[0]?.InternetGatewayId;
}

/** Removes the VPCs of a tag that hold no network any more, but for that one, and gateways that were never attached. */
export async function removeEmptyVpcs(account: Account, tag: string, but?: string): Promise<void> {
  for (const { id } of await findVpcs(account, tagKey.tag, tag)) {
    if (id !== but && !(await holdsNetworks(account, id))) await removeVpc(account, id);
  }
  if ((await findVpcs(account, tagKey.tag, tag)).length > 0) return;
  const { ec2, on } = account;
  const { InternetGateways = [] } = await ec2.describeInternetGateways(
    { Filters: [byTag(tagKey.tag, tag)] },
    on,
  );
  for (const { InternetGatewayId, Attachments = [] } of InternetGateways) {
    if (Attachments.length === 0) await removed(() => ec2.deleteInternetGateway({ InternetGatewayId }, on));
  }
}

export async function holdsNetworks({ ec2, on }: Account, vpcId: string): Promise<boolean> {
  const ours = [
    { Name: 'vpc-id', Values: [vpcId] },
    { Name: 'tag-key', Values: [tagKey.kind] },
  ];
  const { SecurityGroups = [] } = await ec2.describeSecurityGroups({ Filters: ours }, on);
  return SecurityGroups.length > 0;
}

async function removeVpc(account: Account, VpcId: string): Promise<void> {
  const { ec2, on } = account;
  const InternetGatewayId = await findGateway(account, VpcId);
  if (InternetGatewayId !== undefined) {
    await removed(() => ec2.detachInternetGateway({ InternetGatewayId, VpcId }, on));
    await removed(() => ec2.deleteInternetGateway({ InternetGatewayId }, on));
  }
  try {
    await removed(() => ec2.deleteVpc({ VpcId }, on));
  } catch (error) {
    // Another process has just made a network in it, which will remove it in its turn.
    if (!hasAwsCode(error, /^DependencyViolation$/) || !(await holdsNetworks(account, VpcId))) throw error;
  }
}

export function checkSubnet({ name, subnet }: NetworkSpec): Ipv4Range | undefined {
  if (subnet === undefined) return undefined;
  const range = parseRange(subnet);
  const { shortest, longest } = subnetLengths;
  if (range !== undefined && range.length >= shortest && range.length <= longest) return range;
  throw new PlatformError(
    'invalid-argument',
    `The network ${name} asks for the subnet ${subnet}: at Amazon EC2 write a.b.c.d/${shortest} to /${longest}, from its first address.`,
    { subject: name },
  );
}
