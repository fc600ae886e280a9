import type { SecurityGroup, Subnet } from '@aws-sdk/client-ec2';
import { allPages, byTag, factsOf, invalid, notFound } from '@trencadis/aws-client';
import type { Account } from './account.ts';
import { tagKey } from './tags.ts';

/** A network as the VM driver keeps it: a security group with tags; its subnets carry its name. */
export interface NetworkRecord {
  readonly name: string;
  readonly tag: string;
  readonly vpcId: string;
  readonly groupId: string;
  readonly isPublic: boolean;
  /** `10.0.0.0/21 24`: its range, and the length of the parts that zones get. */
  readonly range: string;
  readonly providerSubnet?: string;
}

/** The networks of these names as the VM driver keeps them; `subject`: for whom, in messages. */
export async function networkRecords(
  account: Account,
  names: readonly string[],
  subject: string,
): Promise<readonly NetworkRecord[]> {
  const { ec2, on } = account;
  const Filters = [byTag(tagKey.name, ...names), { Name: 'tag-key', Values: [tagKey.kind] }];
  const groups = await allPages(
    ({ NextToken }) =>
      ec2.describeSecurityGroups({ Filters, ...(NextToken === undefined ? {} : { NextToken }) }, on),
    ({ SecurityGroups }) => SecurityGroups,
  );
  const all = groups.map(toRecord);
  const records = names.map((name) => {
    const record = all.find((each) => each.name === name);
    if (record === undefined) throw notFound('network', name);
    return record;
  });
  if (new Set(records.map(({ vpcId }) => vpcId)).size > 1)
    throw invalid(`${subject} names networks of two VPCs: name networks of one.`, subject);
  return records;
}

function toRecord(group: SecurityGroup): NetworkRecord {
  const facts = factsOf(group);
  const providerSubnet = facts[tagKey.providerSubnet];
  return {
    name: facts[tagKey.name] ?? '',
    tag: facts[tagKey.tag] ?? '',
    vpcId: group.VpcId ?? '',
    groupId: group.GroupId ?? '',
    isPublic: facts[tagKey.kind] === 'public',
    range: facts[tagKey.range] ?? '',
    ...(providerSubnet === undefined ? {} : { providerSubnet }),
  };
}

export async function subnetsOf(account: Account, record: NetworkRecord): Promise<readonly Subnet[]> {
  const { providerSubnet } = record;
  return describeSubnets(
    account,
    providerSubnet === undefined
      ? byTag(tagKey.name, record.name)
      : { Name: 'subnet-id', Values: [providerSubnet] },
  );
}

export function describeSubnets({ ec2, on }: Account, ...Filters: readonly ReturnType<typeof byTag>[]) {
  return allPages(
    ({ NextToken }) =>
      ec2.describeSubnets({ Filters: [...Filters], ...(NextToken === undefined ? {} : { NextToken }) }, on),
    ({ Subnets }) => Subnets,
  );
}
