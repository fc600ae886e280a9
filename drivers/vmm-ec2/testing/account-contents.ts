import type { EC2 } from '@aws-sdk/client-ec2';

type Listing = (ec2: EC2) => Promise<readonly (string | undefined)[]>;

/** Everything that an account can hold because of the driver, each by one call past it. */
const listings: Readonly<Record<string, Listing>> = {
  instance: async (ec2) => {
    const { Reservations = [] } = await ec2.describeInstances({ MaxResults: 1000 });
    const all = Reservations.flatMap(({ Instances = [] }) => Instances);
    return all.filter(({ State }) => State?.Name !== 'terminated').map(({ InstanceId }) => InstanceId);
  },
  spot: async (ec2) => {
    const { SpotInstanceRequests = [] } = await ec2.describeSpotInstanceRequests({});
    return SpotInstanceRequests.filter(({ State }) => State === 'open' || State === 'active').map(
      ({ SpotInstanceRequestId }) => SpotInstanceRequestId,
    );
  },
  volume: async (ec2) => ((await ec2.describeVolumes({})).Volumes ?? []).map(({ VolumeId }) => VolumeId),
  snapshot: async (ec2) =>
    ((await ec2.describeSnapshots({ OwnerIds: ['self'] })).Snapshots ?? []).map(
      ({ SnapshotId }) => SnapshotId,
    ),
  image: async (ec2) =>
    ((await ec2.describeImages({ Owners: ['self'] })).Images ?? []).map(({ ImageId }) => ImageId),
  vpc: async (ec2) => ((await ec2.describeVpcs({})).Vpcs ?? []).map(({ VpcId }) => VpcId),
  subnet: async (ec2) => ((await ec2.describeSubnets({})).Subnets ?? []).map(({ SubnetId }) => SubnetId),
  table: async (ec2) =>
    ((await ec2.describeRouteTables({})).RouteTables ?? []).map(({ RouteTableId }) => RouteTableId),
  gateway: async (ec2) =>
    ((await ec2.describeInternetGateways({})).InternetGateways ?? []).map(
      ({ InternetGatewayId }) => InternetGatewayId,
    ),
  group: async (ec2) =>
    ((await ec2.describeSecurityGroups({})).SecurityGroups ?? []).map(({ GroupId }) => GroupId),
  interface: async (ec2) =>
    ((await ec2.describeNetworkInterfaces({})).NetworkInterfaces ?? []).map(
      ({ NetworkInterfaceId }) => NetworkInterfaceId,
    ),
  address: async (ec2) =>
    ((await ec2.describeAddresses({})).Addresses ?? []).map(({ AllocationId }) => AllocationId),
  key: async (ec2) => ((await ec2.describeKeyPairs({})).KeyPairs ?? []).map(({ KeyName }) => KeyName),
};

/** `kind:id` of all that is there. */
export async function accountContents(ec2: EC2): Promise<readonly string[]> {
  const found = await Promise.all(
    Object.entries(listings).map(async ([kind, list]) =>
      (await list(ec2)).flatMap((id) => (id === undefined ? [] : [`${kind}:${id}`])),
    ),
  );
  return found.flat().toSorted();
}
