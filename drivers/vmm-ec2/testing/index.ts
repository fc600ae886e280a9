import type { EC2 } from '@aws-sdk/client-ec2';
import { byTag } from '@trencadis/aws-client';
import type { VmName } from '@trencadis/ids';
import type { ImageReference } from '@trencadis/vmm';
import { awsClients } from '../aws-clients.ts';
import { type Ec2Credentials, ec2Credentials } from '../credentials.ts';
import { digestOfAmi } from '../images.ts';
import { tagKey } from '../tags.ts';
import { accountContents } from './account-contents.ts';
import { startMoto } from './moto-process.ts';

export { accountContents } from './account-contents.ts';
export { type MotoProcess, startMoto } from './moto-process.ts';

export interface TestEc2 {
  readonly endpoint: string;
  readonly credentials: Ec2Credentials;
  /** Named as Debian's for x86_64; there is nothing in it. */
  readonly image: ImageReference;
  /** The id of a subnet that the account has from the beginning. */
  readonly providerNetwork: string;
  /** A client of the tests' own, past the driver. */
  readonly ec2: EC2;
  /** `kind:id` of all that the account holds beyond what a new one has. */
  leftovers(): Promise<readonly string[]>;
  removeBehind(name: VmName): Promise<void>;
  stop(): Promise<void>;
}

/** moto takes any key until it is told to enforce rights. */
export const testCredentials = ec2Credentials.parse({
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'simulated',
  region: 'eu-west-1',
  guests: 'simulated',
});

/** An account at moto, which answers as Amazon EC2 does for most calls and boots nothing. */
export async function startEc2(): Promise<TestEc2> {
  const moto = await startMoto();
  const { endpoint } = moto;
  const ec2 = await awsClients(testCredentials, endpoint).ec2();
  const id = await registerImage(ec2);
  const initial = new Set(await accountContents(ec2));
  const { Subnets = [] } = await ec2.describeSubnets({});
  return {
    endpoint,
    credentials: testCredentials,
    image: { location: id, digest: digestOfAmi(id) },
    providerNetwork: Subnets[0]?.SubnetId ?? '',
    ec2,
    leftovers: async () => (await accountContents(ec2)).filter((item) => !initial.has(item)),
    removeBehind: (name) => removeBehind(ec2, name),
    stop: () => moto.stop(),
  };
}

/** An image that the account has, named as Debian's are. */
async function registerImage(ec2: EC2): Promise<string> {
  const { ImageId = '' } = await ec2.registerImage({
    Name: 'debian-12-amd64-20250530-2128',
    Architecture: 'x86_64',
    RootDeviceName: '/dev/xvda',
    VirtualizationType: 'hvm',
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8 } }],
  });
  return ImageId;
}

async function removeBehind(ec2: EC2, name: VmName): Promise<void> {
  const { Reservations = [] } = await ec2.describeInstances({ Filters: [byTag(tagKey.name, name)] });
  const InstanceIds = Reservations.flatMap(({ Instances = [] }) => Instances).flatMap(
    ({ InstanceId }) => InstanceId ?? [],
  );
  await ec2.terminateInstances({ InstanceIds });
}
