import type { SecurityGroup } from '@aws-sdk/client-ec2';
import { type Facts, allPages, byTag, factsOf } from '@trencadis/aws-client';
import { type NetworkName, type Tag, brandId, parseId } from '@trencadis/ids';
import { type Ipv4Range, formatRange, parseRange } from '@trencadis/ipv4';
import type { Network, NetworkSpec } from '@trencadis/vmm';
import type { Account } from './account.ts';
import { hasInsidePermission, openPortsOf } from './open-ports.ts';
import { tagKey } from './tags.ts';

/** Starts a security group's name; no name of ours begins with `sg-` then, which Amazon refuses. */
const groupPrefix = 'trencadis-';

/** A network as its record at Amazon has it: the security group. Subnets and routes hang on it by its name. */
export interface OwnNetwork {
  readonly name: NetworkName;
  readonly tag: Tag;
  readonly kind: NetworkSpec['kind'];
  readonly groupId: string;
  readonly vpcId: string;
  readonly range: Ipv4Range;
  /** Length of the prefix of the range's parts, each for a zone; that of the range itself where it was asked for. */
  readonly partLength: number;
  readonly providerNetwork?: string;
  readonly providerSubnetId?: string;
  readonly group: SecurityGroup;
  /** Whether its rules were set: they are in one call, with the one for its own members. */
  readonly isOpened: boolean;
}

export function groupNameOf(network: NetworkName): string {
  return groupPrefix + network;
}

export function networkOfGroup(groupName: string | undefined): NetworkName | undefined {
  return groupName?.startsWith(groupPrefix)
    ? parseId('NetworkName', groupName.slice(groupPrefix.length))
    : undefined;
}

export async function findNetworks(
  { ec2, on }: Account,
  key: string,
  values: readonly string[],
): Promise<readonly OwnNetwork[]> {
  const Filters = [byTag(key, ...values), { Name: 'tag-key', Values: [tagKey.kind] }];
  const groups = await allPages(
    (from) => ec2.describeSecurityGroups({ Filters, ...from }, on),
    ({ SecurityGroups }) => SecurityGroups,
  );
  return groups.map(toOwnNetwork);
}

export async function findNetwork(account: Account, name: NetworkName): Promise<OwnNetwork | undefined> {
  const [network] = await findNetworks(account, tagKey.name, [name]);
  return network;
}

function toOwnNetwork(group: SecurityGroup): OwnNetwork {
  const facts = factsOf(group);
  const groupId = group.GroupId ?? '';
  return {
    name: brandId('NetworkName', facts[tagKey.name] ?? ''),
    tag: brandId('Tag', facts[tagKey.tag] ?? ''),
    kind: facts[tagKey.kind] === 'public' ? 'public' : 'private',
    groupId,
    vpcId: group.VpcId ?? '',
    ...extentOf(facts),
    ...lentBy(facts),
    group,
    isOpened: hasInsidePermission(group.IpPermissions ?? [], groupId),
  };
}

function extentOf(facts: Facts): Pick<OwnNetwork, 'range' | 'partLength'> {
  const [text = '', partLength] = (facts[tagKey.range] ?? '').split(' ');
  const range = parseRange(text) ?? { first: 0, length: 32 };
  return { range, partLength: Number(partLength ?? range.length) };
}

function lentBy(facts: Facts): Pick<OwnNetwork, 'providerNetwork' | 'providerSubnetId'> {
  const { [tagKey.providerNetwork]: providerNetwork, [tagKey.providerSubnet]: providerSubnetId } = facts;
  return providerNetwork === undefined || providerSubnetId === undefined
    ? {}
    : { providerNetwork, providerSubnetId };
}

export function toNetwork({ name, tag, kind, range, providerNetwork, group }: OwnNetwork): Network {
  const openPorts = openPortsOf(group.IpPermissions ?? []);
  return {
    name,
    tag,
    kind,
    subnet: formatRange(range),
    ...(openPorts.length === 0 ? {} : { openPorts }),
    ...(providerNetwork === undefined ? {} : { providerNetwork }),
  };
}
