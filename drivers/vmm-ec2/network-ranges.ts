import { conflict, hasAwsCode, tagsOf } from '@trencadis/aws-client';
import type { NetworkName } from '@trencadis/ids';
import { type Ipv4Range, formatRange, freeParts, overlap } from '@trencadis/ipv4';
import type { Account } from './account.ts';
import { type OwnNetwork, findNetworks } from './own-networks.ts';
import { type ZoneSubnet, findSubnets, makeSubnet, subnetsOfVpc } from './subnets.ts';
import { tagKey } from './tags.ts';
import { type OwnVpc, findVpcs, removeEmptyVpcs } from './vpcs.ts';

/** Of a network whose subnet the platform chooses: eight zones' parts. */
const networkLength = 21;
const maxAttempts = 5;

async function rangesIn(account: Account, vpc: OwnVpc, but?: NetworkName): Promise<readonly Ipv4Range[]> {
  const networks = await findNetworks(account, tagKey.tag, [vpc.tag]);
  const subnets = await subnetsOfVpc(account, vpc.id);
  const own = networks.filter(({ vpcId, name }) => vpcId === vpc.id && name !== but);
  return [...own, ...subnets].map(({ range }) => range);
}

/** One that no record and no subnet of the VPC has. */
export async function freeRange(account: Account, vpc: OwnVpc, name: NetworkName): Promise<Ipv4Range> {
  const taken = await rangesIn(account, vpc, name);
  const [free] = vpc.ranges.flatMap((range) => [...freeParts(range, networkLength, taken)]);
  if (free !== undefined) return free;
  throw conflict(
    `The VPC ${vpc.id} has no free /${networkLength} for the network ${name}: delete a network, or ask for a subnet.`,
    name,
  );
}

export async function refuseTaken(
  account: Account,
  vpc: OwnVpc,
  { name, range }: { readonly name: NetworkName; readonly range: Ipv4Range },
): Promise<void> {
  const taken = (await rangesIn(account, vpc)).find((each) => overlap(each, range));
  if (taken === undefined) return;
  await removeEmptyVpcs(account, vpc.tag);
  throw conflict(
    `The network ${name} asks for ${formatRange(range)}, where ${formatRange(taken)} is already: ask for another subnet.`,
    name,
  );
}

interface Claim {
  readonly isAsked: boolean;
  readonly zone: string;
}

/**
 * The network's first subnet makes its range its own: Amazon lets no two overlap. Where another process has chosen the
 * same one, it is kept by who was quicker, and the other takes the next.
 */
export async function claimRange(account: Account, network: OwnNetwork, claim: Claim): Promise<ZoneSubnet> {
  let { range } = network;
  for (let attempt = 1; ; attempt += 1) {
    const [existing] = await findSubnets(account, network.name);
    if (existing !== undefined) return existing;
    const part = { first: range.first, length: network.partLength };
    try {
      return await makeSubnet(account, network, { part, zone: claim.zone });
    } catch (error) {
      const isTaken = hasAwsCode(error, /^InvalidSubnet\.Conflict$/);
      if (!isTaken || claim.isAsked || attempt >= maxAttempts) throw error;
      range = await nextRange(account, network);
    }
  }
}

async function nextRange(account: Account, network: OwnNetwork): Promise<Ipv4Range> {
  const { name, tag, vpcId, groupId, partLength, range } = network;
  const vpc = (await findVpcs(account, tagKey.tag, tag)).find(({ id }) => id === vpcId);
  if (vpc === undefined) return range;
  const next = await freeRange(account, vpc, name);
  const Tags = tagsOf({ [tagKey.range]: `${formatRange(next)} ${partLength}` });
  await account.ec2.createTags({ Resources: [groupId], Tags }, account.on);
  return next;
}
