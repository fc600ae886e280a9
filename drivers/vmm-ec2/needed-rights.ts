import type { Account } from './account.ts';

export interface NeededRight {
  /** What the platform does with it, and Amazon's name of the action. */
  readonly right: string;
  /** A call that changes nothing. */
  readonly ask: (account: Account) => Promise<unknown>;
}

/** Ids of nothing, in Amazon's form. */
const none = {
  instance: 'i-00000000000000000',
  volume: 'vol-00000000000000000',
  group: 'sg-00000000000000000',
  vpc: 'vpc-00000000000000000',
  subnet: 'subnet-00000000000000000',
  table: 'rtb-00000000000000000',
  gateway: 'igw-00000000000000000',
  association: 'rtbassoc-00000000000000000',
  addressAssociation: 'eipassoc-00000000000000000',
  address: 'eipalloc-00000000000000000',
  image: 'ami-00000000000000000',
  snapshot: 'snap-00000000000000000',
} as const;

/** Amazon answers whether it would do it, and does not. */
const dry = { DryRun: true } as const;
const needed = (right: string, ask: NeededRight['ask']): NeededRight => ({ right, ask });

const listing: readonly NeededRight[] = [
  needed('list machines (ec2:DescribeInstances)', ({ ec2, on }) => ec2.describeInstances(dry, on)),
  needed('list networks (ec2:DescribeVpcs)', ({ ec2, on }) => ec2.describeVpcs(dry, on)),
  needed('list networks (ec2:DescribeSubnets)', ({ ec2, on }) => ec2.describeSubnets(dry, on)),
  needed('list networks (ec2:DescribeSecurityGroups)', ({ ec2, on }) => ec2.describeSecurityGroups(dry, on)),
  needed('list networks (ec2:DescribeRouteTables)', ({ ec2, on }) => ec2.describeRouteTables(dry, on)),
  needed('list networks (ec2:DescribeInternetGateways)', ({ ec2, on }) =>
    ec2.describeInternetGateways(dry, on),
  ),
  needed('list networks (ec2:DescribeNetworkInterfaces)', ({ ec2, on }) =>
    ec2.describeNetworkInterfaces(dry, on),
  ),
  needed('list addresses (ec2:DescribeAddresses)', ({ ec2, on }) => ec2.describeAddresses(dry, on)),
  needed('list disks (ec2:DescribeVolumes)', ({ ec2, on }) => ec2.describeVolumes(dry, on)),
  needed('list images (ec2:DescribeImages)', ({ ec2, on }) =>
    ec2.describeImages({ ...dry, Owners: ['self'] }, on),
  ),
  needed('list images (ec2:DescribeSnapshots)', ({ ec2, on }) =>
    ec2.describeSnapshots({ ...dry, OwnerIds: ['self'] }, on),
  ),
  needed('list instance types (ec2:DescribeInstanceTypes)', ({ ec2, on }) =>
    ec2.describeInstanceTypes(dry, on),
  ),
  needed('list instance types (ec2:DescribeInstanceTypeOfferings)', ({ ec2, on }) =>
    ec2.describeInstanceTypeOfferings(dry, on),
  ),
  needed('resolve image aliases (ssm:GetParameter)', async ({ site, on }) => {
    const ssm = await site.clients.ssm();
    return ssm.getParameter({ Name: '/aws/service/ami-amazon-linux-latest/trencadis-none' }, on);
  }),
  needed('list zones (ec2:DescribeAvailabilityZones)', ({ ec2, on }) =>
    ec2.describeAvailabilityZones(dry, on),
  ),
];

const onMachines: readonly NeededRight[] = [
  needed('make machines (ec2:RunInstances)', async (account) => {
    const ImageId = await anyImage(account);
    const request = { ...dry, MinCount: 1, MaxCount: 1, ImageId, InstanceType: 't3.micro' } as const;
    return account.ec2.runInstances(request, account.on);
  }),
  needed('remove machines (ec2:TerminateInstances)', ({ ec2, on }) =>
    ec2.terminateInstances({ ...dry, InstanceIds: [none.instance] }, on),
  ),
  needed('start machines (ec2:StartInstances)', ({ ec2, on }) =>
    ec2.startInstances({ ...dry, InstanceIds: [none.instance] }, on),
  ),
  needed('stop machines (ec2:StopInstances)', ({ ec2, on }) =>
    ec2.stopInstances({ ...dry, InstanceIds: [none.instance] }, on),
  ),
  needed('reboot machines (ec2:RebootInstances)', ({ ec2, on }) =>
    ec2.rebootInstances({ ...dry, InstanceIds: [none.instance] }, on),
  ),
  needed('change the size of machines (ec2:ModifyInstanceAttribute)', ({ ec2, on }) =>
    ec2.modifyInstanceAttribute(
      { ...dry, InstanceId: none.instance, InstanceType: { Value: 't3.micro' } },
      on,
    ),
  ),
  needed('read consoles (ec2:GetConsoleOutput)', ({ ec2, on }) =>
    ec2.getConsoleOutput({ ...dry, InstanceId: none.instance }, on),
  ),
  needed('tag things (ec2:CreateTags)', ({ ec2, on }) =>
    ec2.createTags({ ...dry, Resources: [none.instance], Tags: [{ Key: 'trencadis:none', Value: '' }] }, on),
  ),
  needed('tag things (ec2:DeleteTags)', ({ ec2, on }) =>
    ec2.deleteTags({ ...dry, Resources: [none.instance], Tags: [{ Key: 'trencadis:none' }] }, on),
  ),
];

const onNetworks: readonly NeededRight[] = [
  needed('make networks (ec2:CreateVpc)', async ({ ec2, on }) => {
    const { Vpc } = await ec2.createVpc({ ...dry, CidrBlock: '10.0.0.0/16' }, on);
    // Amazon makes none in a dry run; a service that only answers like it may (moto does).
    if (Vpc?.VpcId !== undefined) await ec2.deleteVpc({ VpcId: Vpc.VpcId }, on);
  }),
  needed('make networks (ec2:AssociateVpcCidrBlock)', ({ ec2, on }) =>
    ec2.associateVpcCidrBlock({ VpcId: none.vpc, CidrBlock: '10.1.0.0/16' }, on),
  ),
  needed('make networks (ec2:CreateSubnet)', ({ ec2, on }) =>
    ec2.createSubnet({ ...dry, VpcId: none.vpc, CidrBlock: '10.0.0.0/24' }, on),
  ),
  needed('make networks (ec2:CreateSecurityGroup)', ({ ec2, on }) =>
    ec2.createSecurityGroup(
      { ...dry, GroupName: 'trencadis-none', Description: 'none', VpcId: none.vpc },
      on,
    ),
  ),
  needed('make public networks (ec2:CreateInternetGateway)', ({ ec2, on }) =>
    ec2.createInternetGateway(dry, on),
  ),
  needed('make public networks (ec2:AttachInternetGateway)', ({ ec2, on }) =>
    ec2.attachInternetGateway({ ...dry, VpcId: none.vpc, InternetGatewayId: none.gateway }, on),
  ),
  needed('make public networks (ec2:CreateRouteTable)', ({ ec2, on }) =>
    ec2.createRouteTable({ ...dry, VpcId: none.vpc }, on),
  ),
  needed('make public networks (ec2:CreateRoute)', ({ ec2, on }) =>
    ec2.createRoute({ ...dry, RouteTableId: none.table, DestinationCidrBlock: '0.0.0.0/0' }, on),
  ),
  needed('make public networks (ec2:AssociateRouteTable)', ({ ec2, on }) =>
    ec2.associateRouteTable({ ...dry, RouteTableId: none.table, SubnetId: none.subnet }, on),
  ),
  needed('open ports (ec2:AuthorizeSecurityGroupIngress)', ({ ec2, on }) =>
    ec2.authorizeSecurityGroupIngress({ ...dry, GroupId: none.group }, on),
  ),
  needed('close ports (ec2:RevokeSecurityGroupIngress)', ({ ec2, on }) =>
    ec2.revokeSecurityGroupIngress({ ...dry, GroupId: none.group }, on),
  ),
  needed('remove public networks (ec2:DetachInternetGateway)', ({ ec2, on }) =>
    ec2.detachInternetGateway({ ...dry, VpcId: none.vpc, InternetGatewayId: none.gateway }, on),
  ),
  needed('remove public networks (ec2:DeleteInternetGateway)', ({ ec2, on }) =>
    ec2.deleteInternetGateway({ ...dry, InternetGatewayId: none.gateway }, on),
  ),
  needed('remove public networks (ec2:DisassociateRouteTable)', ({ ec2, on }) =>
    ec2.disassociateRouteTable({ ...dry, AssociationId: none.association }, on),
  ),
  needed('remove public networks (ec2:DeleteRouteTable)', ({ ec2, on }) =>
    ec2.deleteRouteTable({ ...dry, RouteTableId: none.table }, on),
  ),
  needed('remove networks (ec2:DeleteVpc)', ({ ec2, on }) => ec2.deleteVpc({ ...dry, VpcId: none.vpc }, on)),
  needed('remove networks (ec2:DeleteSubnet)', ({ ec2, on }) =>
    ec2.deleteSubnet({ ...dry, SubnetId: none.subnet }, on),
  ),
  needed('remove networks (ec2:DeleteSecurityGroup)', ({ ec2, on }) =>
    ec2.deleteSecurityGroup({ ...dry, GroupId: none.group }, on),
  ),
  needed('give public addresses (ec2:AllocateAddress)', ({ ec2, on }) =>
    ec2.allocateAddress({ ...dry, Domain: 'vpc' }, on),
  ),
  needed('give public addresses (ec2:AssociateAddress)', ({ ec2, on }) =>
    ec2.associateAddress({ ...dry, AllocationId: none.address, InstanceId: none.instance }, on),
  ),
  needed('take public addresses back (ec2:DisassociateAddress)', ({ ec2, on }) =>
    ec2.disassociateAddress({ ...dry, AssociationId: none.addressAssociation }, on),
  ),
  needed('take public addresses back (ec2:ReleaseAddress)', ({ ec2, on }) =>
    ec2.releaseAddress({ ...dry, AllocationId: none.address }, on),
  ),
];

const onDisks: readonly NeededRight[] = [
  needed('make disks (ec2:CreateVolume)', ({ ec2, on, site }) =>
    ec2.createVolume(
      { ...dry, Size: 1, VolumeType: 'gp3', AvailabilityZone: `${site.credentials.region}a` },
      on,
    ),
  ),
  needed('attach disks (ec2:AttachVolume)', ({ ec2, on }) =>
    ec2.attachVolume({ ...dry, VolumeId: none.volume, InstanceId: none.instance, Device: '/dev/sdf' }, on),
  ),
  needed('detach disks (ec2:DetachVolume)', ({ ec2, on }) =>
    ec2.detachVolume({ ...dry, VolumeId: none.volume }, on),
  ),
  needed('remove disks (ec2:DeleteVolume)', ({ ec2, on }) =>
    ec2.deleteVolume({ ...dry, VolumeId: none.volume }, on),
  ),
  needed('make images (ec2:CreateImage)', ({ ec2, on }) =>
    ec2.createImage({ ...dry, InstanceId: none.instance, Name: 'trencadis-none' }, on),
  ),
  needed('remove images (ec2:DeregisterImage)', ({ ec2, on }) =>
    ec2.deregisterImage({ ...dry, ImageId: none.image }, on),
  ),
  needed('remove images (ec2:DeleteSnapshot)', ({ ec2, on }) =>
    ec2.deleteSnapshot({ ...dry, SnapshotId: none.snapshot }, on),
  ),
];

export const neededRights: readonly NeededRight[] = [...listing, ...onMachines, ...onNetworks, ...onDisks];

/** Amazon looks for the image of a launch before it looks at the rights, so it has to be one. */
async function anyImage({ ec2, on }: Account): Promise<string> {
  const Filters = [{ Name: 'name', Values: ['al2023-ami-minimal-2*-x86_64'] }];
  const { Images = [] } = await ec2.describeImages({ Owners: ['amazon'], Filters }, on);
  return Images[0]?.ImageId ?? none.image;
}
