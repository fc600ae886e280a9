import type { RouteTable } from '@aws-sdk/client-ec2';
import { byTag } from '@trencadis/aws-client';
import { type Account, done, onceVisible } from './account.ts';
import type { OwnNetwork } from './own-networks.ts';
import { tagKey, tagged } from './tags.ts';
import { ensureGateway } from './vpcs.ts';

/**
 * A public network's subnets send what is not for the VPC to its internet gateway. A private network's have only the
 * VPC's main table, which leads nowhere else: its VMs install no packages from the internet, and need an image that has
 * what they need, or a public network beside it. A NAT gateway would help; it costs by the hour, so none is made.
 */
export async function ensureRoute(account: Account, network: OwnNetwork, subnetId: string): Promise<void> {
  if (network.kind === 'private' || network.providerSubnetId !== undefined) return;
  const { ec2, on } = account;
  const GatewayId = await ensureGateway(account, network.vpcId, network.tag);
  const [existing] = await findTables(account, network.name);
  const table = existing ?? (await makeTable(account, network));
  const { RouteTableId, Routes = [], Associations = [] } = table;
  if (!Routes.some((route) => route.GatewayId === GatewayId)) {
    const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId };
    await done(() => onceVisible(account, () => ec2.createRoute(route, on)));
  }
  if (Associations.some((each) => each.SubnetId === subnetId)) return;
  const association = { RouteTableId, SubnetId: subnetId };
  await done(() => onceVisible(account, () => ec2.associateRouteTable(association, on)));
}

export async function findTables({ ec2, on }: Account, name: string) {
  const { RouteTables = [] } = await ec2.describeRouteTables({ Filters: [byTag(tagKey.name, name)] }, on);
  return RouteTables;
}

async function makeTable({ ec2, on }: Account, { name, tag, vpcId }: OwnNetwork): Promise<RouteTable> {
  const facts = { [tagKey.shown]: name, [tagKey.tag]: tag, [tagKey.name]: name };
  const { RouteTable } = await ec2.createRouteTable(
    { VpcId: vpcId, TagSpecifications: [tagged('route-table', facts)] },
    on,
  );
  return RouteTable ?? {};
}
