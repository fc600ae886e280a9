import { conflict, hasAwsCode, heldByOther, notFound, unsupported } from '@trencadis/aws-client';
import type { NetworkName, Tag } from '@trencadis/ids';
import { brandId } from '@trencadis/ids';
import { type Ipv4Range, formatRange } from '@trencadis/ipv4';
import type { Network, NetworkOperations, NetworkSpec } from '@trencadis/vmm';
import {
  type Account,
  NotYetVisible,
  type Site,
  done,
  onceFree,
  onceVisible,
  removed,
  withAccount,
} from './account.ts';
import { insidePermission, permissionOf, ruleChanges, rulesOf, wantedRules } from './open-ports.ts';
import { type OwnNetwork, findNetwork, findNetworks, groupNameOf, toNetwork } from './own-networks.ts';
import { claimRange, freeRange, refuseTaken } from './network-ranges.ts';
import { partLength, providerSubnet, removeSubnets } from './subnets.ts';
import { ensureRoute } from './routes.ts';
import { tagKey, tagged } from './tags.ts';
import { checkSubnet, ensureVpc, findVpcs, holdsNetworks, removeEmptyVpcs, widenVpc } from './vpcs.ts';
import { homeZone } from './zones.ts';

const maxAttempts = 3;

/**
 * A network is a security group, whose tags are the network's record, with a subnet for each zone in which it has VMs.
 * All networks of a tag lie in one VPC, made with the first and removed with the last. On a provider's network only the
 * security group is ours.
 */
export function ec2Networks(site: Site): NetworkOperations {
  const oneByOne = <Result>(signal: AbortSignal, work: (account: Account) => Promise<Result>) =>
    withAccount(site, signal, (account) => changingNetworks(account, () => work(account)));
  return {
    createNetwork: (spec, signal) => oneByOne(signal, (account) => createNetwork(account, spec)),
    updateNetwork: (spec, signal) => oneByOne(signal, (account) => updateNetwork(account, spec)),
    deleteNetwork: (name, signal) => oneByOne(signal, (account) => deleteNetwork(account, name)),
    listNetworks: (tag, signal) => withAccount(site, signal, (account) => listNetworks(account, tag)),
  };
}

/** Whatever makes or removes subnets, one after the other in this process. */
export function changingNetworks<Result>(
  { site, signal }: Account,
  work: () => Promise<Result>,
): Promise<Result> {
  return site.subnetMutex.run('networks', () => {
    signal.throwIfAborted();
    return work();
  });
}

async function createNetwork(account: Account, spec: NetworkSpec): Promise<Network> {
  const rules = wantedRules(spec);
  const asked = checkSubnet(spec);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const network = await makeNetwork(account, spec, asked);
      if (!network.isOpened) await openGroup(account, network.groupId, rules);
      const rightVpc = await rightVpcOf(account, network);
      if (rightVpc === network.vpcId) return await described(account, spec.name);
      await removeNetwork(account, network, rightVpc);
    } catch (error) {
      // Another process removes the VPC that it takes for empty: begin again.
      if (attempt >= maxAttempts || !hasAwsCode(error, /^InvalidVpcID/)) throw error;
    }
  }
}

async function described(account: Account, name: NetworkName): Promise<Network> {
  const network = await findNetwork(account, name);
  if (network === undefined) throw notFound('network', name);
  return toNetwork(network);
}

/** Two processes may have made a VPC each; the younger one is given up, whoever finds out. */
async function rightVpcOf(account: Account, { tag, vpcId, providerSubnetId }: OwnNetwork): Promise<string> {
  if (providerSubnetId !== undefined) return vpcId;
  const [oldest] = await findVpcs(account, tagKey.tag, tag);
  return oldest?.id ?? vpcId;
}

/** The record and what hangs on it, each unless it is there. */
async function makeNetwork(
  account: Account,
  spec: NetworkSpec,
  asked: Ipv4Range | undefined,
): Promise<OwnNetwork> {
  const existing = await findNetwork(account, spec.name);
  if (existing !== undefined && existing.tag !== spec.tag)
    throw heldByOther('network', spec.name, existing.tag);
  const network = existing ?? (await makeRecord(account, spec, asked));
  if (network.providerSubnetId !== undefined) return network;
  const zone = await homeZone(account, spec.tag);
  try {
    const subnet = await claimRange(account, network, { isAsked: asked !== undefined, zone });
    await ensureRoute(account, network, subnet.id);
    return network;
  } catch (error) {
    // A range that somebody else has taken meanwhile: the record of it goes, so that it is not taken for a network.
    if (hasAwsCode(error, /^InvalidSubnet\.(Conflict|Range)$/)) await removeNetwork(account, network);
    throw error;
  }
}

async function makeRecord(
  account: Account,
  spec: NetworkSpec,
  asked: Ipv4Range | undefined,
): Promise<OwnNetwork> {
  if (spec.providerNetwork !== undefined) {
    const { id, vpcId, range } = await providerSubnet(account, spec.providerNetwork);
    const subnet = formatRange(range);
    if (spec.subnet !== undefined && spec.subnet !== subnet) throw notItsSubnet(spec, subnet);
    const facts = { [tagKey.providerNetwork]: spec.providerNetwork, [tagKey.providerSubnet]: id };
    return makeGroup(account, spec, { vpcId, facts: { ...facts, [tagKey.range]: subnet } });
  }
  const vpc = await ensureVpc(account, spec);
  const range = asked ?? (await freeRange(account, vpc, spec.name));
  if (asked !== undefined) await refuseTaken(account, vpc, { name: spec.name, range });
  await widenVpc(account, vpc, range);
  const text = `${formatRange(range)} ${asked === undefined ? partLength : range.length}`;
  return makeGroup(account, spec, { vpcId: vpc.id, facts: { [tagKey.range]: text } });
}

function notItsSubnet({ name, providerNetwork, subnet }: NetworkSpec, real: string) {
  return conflict(`The network ${name} asks for ${subnet}, and ${providerNetwork} is ${real}.`, name);
}

interface NewGroup {
  readonly vpcId: string;
  readonly facts: Readonly<Record<string, string>>;
}

async function makeGroup(
  account: Account,
  spec: NetworkSpec,
  { vpcId, facts }: NewGroup,
): Promise<OwnNetwork> {
  const { name, tag, kind } = spec;
  const all = { [tagKey.shown]: name, [tagKey.tag]: tag, [tagKey.name]: name, [tagKey.kind]: kind, ...facts };
  const group = {
    GroupName: groupNameOf(name),
    Description: `Network ${name} of ${tag}`,
    VpcId: vpcId,
    TagSpecifications: [tagged('security-group', all)],
  };
  try {
    await onceVisible(account, () => account.ec2.createSecurityGroup(group, account.on));
  } catch (error) {
    // In one VPC the name is unique: another process has just made it, or somebody else has a group of that name.
    if (!hasAwsCode(error, /^InvalidGroup\.Duplicate$/)) throw error;
    const other = await findNetwork(account, name);
    if (other?.tag === tag) return other;
    throw heldByOther('security group', groupNameOf(name), other?.tag);
  }
  return onceVisible(account, async () => {
    const network = await findNetwork(account, name);
    if (network === undefined) throw new NotYetVisible(groupNameOf(name));
    return network;
  });
}

async function openGroup(
  account: Account,
  GroupId: string,
  rules: ReturnType<typeof wantedRules>,
): Promise<void> {
  const IpPermissions = [...rules.map(permissionOf), insidePermission(GroupId)];
  const { ec2, on } = account;
  await done(() =>
    onceVisible(account, () => ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions }, on)),
  );
}

async function updateNetwork(account: Account, spec: NetworkSpec): Promise<Network> {
  const network = await findNetwork(account, spec.name);
  if (network === undefined) throw notFound('network', spec.name);
  if (network.tag !== spec.tag) throw heldByOther('network', spec.name, network.tag);
  refuseOthers(network, spec);
  const { ec2, on } = account;
  const { groupId: GroupId, group } = network;
  const { opened, closed } = ruleChanges(rulesOf(group.IpPermissions ?? []), wantedRules(spec));
  if (closed.length > 0) {
    const IpPermissions = closed.map(permissionOf);
    await removed(() => ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions }, on));
  }
  if (!network.isOpened) await openGroup(account, GroupId, opened);
  else if (opened.length > 0) {
    const IpPermissions = opened.map(permissionOf);
    await done(() => ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions }, on));
  }
  return described(account, spec.name);
}

function refuseOthers(network: OwnNetwork, { name, kind, subnet, providerNetwork }: NetworkSpec): void {
  const hasSubnet = subnet === undefined || subnet === formatRange(network.range);
  if (network.kind === kind && hasSubnet && network.providerNetwork === providerNetwork) return;
  throw unsupported(
    `The network ${name} keeps its kind, subnet and provider's network: replace it to change them.`,
    name,
  );
}

async function deleteNetwork(account: Account, name: NetworkName): Promise<void> {
  const network = await findNetwork(account, name);
  if (network !== undefined) {
    await refuseWhileUsed(account, network);
    return removeNetwork(account, network);
  }
  await removeSubnets(account, name);
  for (const { tag } of await findVpcs(account, tagKey.madeFor, name)) await removeEmptyVpcs(account, tag);
}

async function refuseWhileUsed({ ec2, on }: Account, { name, groupId }: OwnNetwork): Promise<void> {
  const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces(
    { Filters: [{ Name: 'group-id', Values: [groupId] }] },
    on,
  );
  const [first] = NetworkInterfaces;
  if (first === undefined) return;
  const user = first.Attachment?.InstanceId ?? first.NetworkInterfaceId;
  throw conflict(`${user} is on the network ${name}: delete its VM first.`, name);
}

/** The record last, so that what is left of a removal that was cut off is found by it. */
async function removeNetwork(
  account: Account,
  { name, tag, groupId }: OwnNetwork,
  keptVpc?: string,
): Promise<void> {
  await removeSubnets(account, name);
  const group = { GroupId: groupId };
  await removed(() => onceFree(account, () => account.ec2.deleteSecurityGroup(group, account.on)));
  await removeEmptyVpcs(account, tag, keptVpc);
}

/** A VPC without any network is what is left of a creation or a removal that was cut off: told as the network it was made for. */
async function listNetworks(account: Account, tag: Tag): Promise<readonly Network[]> {
  const networks = await findNetworks(account, tagKey.tag, [tag]);
  if (networks.length > 0) return networks.map(toNetwork);
  const halfMade: Network[] = [];
  for (const { id, madeFor, ranges } of await findVpcs(account, tagKey.tag, tag)) {
    const [range] = ranges;
    if (range === undefined || (await holdsNetworks(account, id))) continue;
    halfMade.push({
      name: brandId('NetworkName', madeFor),
      tag,
      kind: 'private',
      subnet: formatRange(range),
    });
  }
  return halfMade;
}
