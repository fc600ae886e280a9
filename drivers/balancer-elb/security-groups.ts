import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { BalancerSpec } from '@trencadis/availability';
import {
  allPages,
  byTag,
  factsOf,
  hasAwsCode,
  heldByOther,
  tagsOf,
  unsupported,
  until,
} from '@trencadis/aws-client';
import { type Account, done, onceFree, onceVisible, removed } from './account.ts';
import { securityGroupName } from './aws-names.ts';
import { tagKey } from './tags.ts';

const everybody = '0.0.0.0/0';
const unusedWithinMs = 900_000;

/**
 * The balancer's record at Amazon: the first thing made for it and the last removed, so that what a creation or a
 * removal that was cut off has left is found by it.
 */
export interface BalancerRecord {
  readonly name: string;
  readonly tag: string;
  readonly groupId: string;
  readonly vpcId: string;
  readonly hasCertificates: boolean;
  readonly permissions: readonly IpPermission[];
}

export async function findRecords(
  { ec2, on }: Account,
  key: string,
  value: string,
): Promise<readonly BalancerRecord[]> {
  const Filters = [byTag(key, value), { Name: 'tag-key', Values: [tagKey.balancer] }];
  const groups = await allPages(
    ({ NextToken }) =>
      ec2.describeSecurityGroups({ Filters, ...(NextToken === undefined ? {} : { NextToken }) }, on),
    ({ SecurityGroups }) => SecurityGroups,
  );
  return groups.map(toRecord);
}

export async function findRecord(account: Account, balancer: string): Promise<BalancerRecord | undefined> {
  const [record] = await findRecords(account, tagKey.balancer, balancer);
  return record;
}

function toRecord(group: SecurityGroup): BalancerRecord {
  const facts = factsOf(group);
  return {
    name: facts[tagKey.balancer] ?? '',
    tag: facts[tagKey.tag] ?? '',
    groupId: group.GroupId ?? '',
    vpcId: group.VpcId ?? '',
    hasCertificates: facts[tagKey.certificates] !== undefined,
    permissions: group.IpPermissions ?? [],
  };
}

/** The security group of that balancer in that VPC, opened on the ports of its frontends and on no other. */
export async function ensureRecord(
  account: Account,
  spec: BalancerSpec,
  vpcId: string,
): Promise<BalancerRecord> {
  const existing = await findRecord(account, spec.name);
  if (existing !== undefined && existing.tag !== spec.tag)
    throw heldByOther('balancer', spec.name, existing.tag);
  if (existing !== undefined && existing.vpcId !== vpcId)
    throw unsupported(
      `The balancer ${spec.name} stands in another VPC than its networks now: replace it to move it.`,
      spec.name,
    );
  const record = existing ?? (await makeGroup(account, spec, vpcId));
  const isCertified = spec.frontends.some(({ protocol }) => protocol === 'https');
  if (isCertified && !record.hasCertificates)
    await onceVisible(account, () =>
      account.ec2.createTags(
        { Resources: [record.groupId], Tags: tagsOf({ [tagKey.certificates]: 'yes' }) },
        account.on,
      ),
    );
  await openPorts(account, record, new Set(spec.frontends.map(({ port }) => port)));
  return record;
}

async function makeGroup(account: Account, spec: BalancerSpec, vpcId: string): Promise<BalancerRecord> {
  const { name, tag } = spec;
  const facts = { [tagKey.shown]: `balancer ${name}`, [tagKey.tag]: tag, [tagKey.balancer]: name };
  const group = {
    GroupName: securityGroupName(name),
    Description: `Balancer ${name} of ${tag}`,
    VpcId: vpcId,
    TagSpecifications: [{ ResourceType: 'security-group' as const, Tags: tagsOf(facts) }],
  };
  try {
    // To its end, also for a caller who calls it off: whoever removes it then waits for it and finds it.
    const { GroupId = '' } = await account.ec2.createSecurityGroup(group);
    return { name, tag, groupId: GroupId, vpcId, hasCertificates: false, permissions: [] };
  } catch (error) {
    // The answer of an earlier attempt was lost, or another process has just made it.
    if (!hasAwsCode(error, /^InvalidGroup\.Duplicate$/)) throw error;
    const other = await findRecord(account, name);
    if (other?.tag === tag) return other;
    throw heldByOther('security group', securityGroupName(name), other?.tag);
  }
}

async function openPorts(
  account: Account,
  record: BalancerRecord,
  ports: ReadonlySet<number>,
): Promise<void> {
  const { ec2, on } = account;
  const GroupId = record.groupId;
  const open = new Set(record.permissions.flatMap(({ FromPort }) => FromPort ?? []));
  const missing = [...ports].filter((port) => !open.has(port)).map(permissionOf);
  const closing = record.permissions.filter(({ FromPort = 0 }) => !ports.has(FromPort));
  if (missing.length > 0)
    await done(() =>
      onceVisible(account, () => ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: missing }, on)),
    );
  if (closing.length > 0)
    await removed(() => ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions: closing }, on));
}

function permissionOf(port: number): IpPermission {
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    IpRanges: [{ CidrIp: everybody, Description: 'frontend' }],
  };
}

/** Interfaces of a load balancer that was deleted are there for some minutes more. */
export async function untilUnused(account: Account, record: BalancerRecord): Promise<void> {
  const { ec2, on } = account;
  const { name: subject, groupId } = record;
  const awaited = { what: `the balancer ${subject} gives its interfaces back`, subject };
  await until(account, { ...awaited, deadlineMs: unusedWithinMs }, async () => {
    const Filters = [{ Name: 'group-id', Values: [groupId] }];
    const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces({ Filters }, on);
    return NetworkInterfaces.length === 0 ? true : undefined;
  });
}

export async function removeRecord(account: Account, { groupId: GroupId }: BalancerRecord): Promise<void> {
  await removed(() => onceFree(account, () => account.ec2.deleteSecurityGroup({ GroupId }, account.on)));
}
