import type {
  BlockDeviceMapping,
  Image,
  Instance,
  InstanceNetworkInterfaceSpecification,
  RunInstancesRequest,
  _InstanceType,
} from '@aws-sdk/client-ec2';
import { byTag, hasAwsCode, meaningOf, until } from '@trencadis/aws-client';
import { PlatformError } from '@trencadis/errors';
import { sha256OfText } from '@trencadis/ids';
import { generateSshKeyPair } from '@trencadis/ssh-keys';
import type { VmSpec } from '@trencadis/vmm';
import { firstBootUserData } from '@trencadis/vmm/first-boot';
import { type Account, onceVisible, removed } from './account.ts';
import { amazonEc2 } from './errors.ts';
import { claimKey, claimValue, findInstances, instancesNamed, isDead, isDying } from './instances.ts';
import { encodeUserData } from './launch-user-data.ts';
import type { PlacedInterface, Placement } from './placement.ts';
import { tagKey, tagged } from './tags.ts';
import { failureOf } from './vm-of-instance.ts';

export interface Launch {
  readonly spec: VmSpec;
  readonly image: Image;
  readonly instanceType: string;
  readonly placement: Placement;
}

const maxTokens = 20;
const startedWithinMs = 300_000;
const foundWithinMs = 10_000;

/**
 * Starts the instance. A client token makes Amazon answer one instance to all who ask at once; it goes on answering one
 * that was terminated, so the token counts those. Two processes have two host keys, and so two requests under one token:
 * the second is refused, and takes the instance of the first.
 */
export async function launchInstance(account: Account, launch: Launch): Promise<void> {
  const { spec } = launch;
  const request = requestOf(launch);
  const named = await findInstances(account, byTag(tagKey.name, spec.name));
  const firstToken = named.filter(isDead).length;
  for (let token = firstToken; token < firstToken + maxTokens; token += 1) {
    const ClientToken = sha256OfText(`${spec.tag} ${spec.name} ${token}`);
    try {
      account.signal.throwIfAborted();
      // To its end, also for a caller who calls it off: whoever removes the VM then waits for it and finds it.
      const { Instances = [] } = await onceVisible(account, () =>
        account.ec2.runInstances({ ...request, ClientToken }),
      );
      if (Instances.some((instance) => !isDying(instance))) return;
    } catch (error) {
      if (!hasAwsCode(error, /^IdempotentParameterMismatch$/)) throw error;
      if (await isThereSoon(account, spec)) return;
    }
  }
  throw new PlatformError(
    'conflict',
    `Amazon EC2 answers only terminated instances for ${spec.name}: choose another name.`,
    { subject: spec.name },
  );
}

async function isThereSoon(account: Account, { name }: VmSpec): Promise<boolean> {
  const { clock } = account.site;
  const endMs = clock.now().getTime() + foundWithinMs;
  for (;;) {
    if ((await instancesNamed(account, name)).some((instance) => !isDying(instance))) return true;
    if (clock.now().getTime() > endMs) return false;
    await clock.sleep(account.site.pollEveryMs, account.signal);
  }
}

/** Waits until Amazon has started it or given up. Of two that were launched at once the older stays. */
export async function startedInstance(account: Account, { name }: Pick<VmSpec, 'name'>): Promise<Instance> {
  const awaited = { what: `the VM ${name} starts`, subject: name, deadlineMs: startedWithinMs };
  return until(account, awaited, async () => {
    const all = await findInstances(account, byTag(tagKey.name, name));
    const [oldest, ...younger] = all.filter((instance) => !isDying(instance));
    const [dead] = all.toReversed();
    if (oldest === undefined) {
      if (dead !== undefined) throw launchFailed(name, dead);
      return undefined;
    }
    const surplus = younger.flatMap(({ InstanceId }) => InstanceId ?? []);
    await terminate(account, surplus);
    return oldest.State?.Name === 'pending' ? undefined : oldest;
  });
}

/** One by one: a call about several fails for all where one is gone already. */
export async function terminate({ ec2, on }: Account, ids: readonly string[]): Promise<void> {
  for (const id of ids) await removed(() => ec2.terminateInstances({ InstanceIds: [id] }, on));
}

/** Amazon takes the request, and then has no room or may not read the image: the reason is at the instance only. */
function launchFailed(name: string, instance: Instance): PlatformError {
  const awsCode = instance.StateReason?.Code ?? '';
  const meaning = meaningOf(awsCode.replace(/^(Client|Server)\./, ''), amazonEc2);
  const isRoom = /Capacity|LimitExceeded|MaxPrice/.test(awsCode);
  return new PlatformError(
    isRoom ? 'quota-exceeded' : (meaning?.code ?? 'unavailable'),
    `The VM ${name} did not start. ${failureOf(instance)}. ${meaning?.remedy ?? 'Try again, or another type or zone.'}`,
    { subject: name, details: { awsCode } },
  );
}

function requestOf({ spec, image, instanceType, placement }: Launch): RunInstancesRequest {
  const hostKey = generateSshKeyPair(spec.name);
  const brought = { [tagKey.shown]: spec.name, [tagKey.tag]: spec.tag, [tagKey.vm]: spec.name };
  return {
    MinCount: 1,
    MaxCount: 1,
    ...(image.ImageId === undefined ? {} : { ImageId: image.ImageId }),
    // A name that this version of the SDK does not list is one all the same.
    InstanceType: instanceType as _InstanceType,
    UserData: encodeUserData(firstBootUserData(spec, hostKey), spec.name),
    MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled' },
    NetworkInterfaces: interfacesOf(placement.interfaces),
    BlockDeviceMappings: rootVolumeOf(image),
    ...marketOf(spec),
    TagSpecifications: [
      tagged('instance', instanceFacts(spec, placement, hostKey.publicKey)),
      tagged('volume', brought),
      tagged('network-interface', brought),
    ],
  };
}

function instanceFacts(spec: VmSpec, { claims }: Placement, hostKey: string) {
  return {
    [tagKey.shown]: spec.name,
    [tagKey.tag]: spec.tag,
    [tagKey.name]: spec.name,
    [tagKey.hostName]: spec.hostName,
    [tagKey.user]: spec.login.user,
    // Without its comment: a tag is short.
    [tagKey.hostKey]: hostKey.split(' ').slice(0, 2).join(' '),
    [tagKey.image]: spec.image.location,
    [tagKey.imageDigest]: spec.image.digest,
    ...Object.fromEntries(claims.map((claim) => [claimKey(claim.disk), claimValue(claim)])),
  };
}

/**
 * Amazon gives public addresses at the launch to an instance with one interface only; with several, the first public
 * one gets an elastic address afterwards.
 */
function interfacesOf(interfaces: readonly PlacedInterface[]): InstanceNetworkInterfaceSpecification[] {
  const isAlone = interfaces.length === 1;
  return interfaces.map(({ network, subnetId, address }, index) => ({
    DeviceIndex: index,
    SubnetId: subnetId,
    DeleteOnTermination: true,
    ...(network === undefined ? {} : { Groups: [network.groupId] }),
    ...(isAlone ? { AssociatePublicIpAddress: network?.kind === 'public' } : {}),
    ...(address === undefined ? {} : { PrivateIpAddress: address }),
  }));
}

/** The root volume goes with its VM, whatever the image's maker thought. */
function rootVolumeOf({ RootDeviceName, BlockDeviceMappings = [] }: Image): BlockDeviceMapping[] {
  const root = BlockDeviceMappings.find(({ DeviceName }) => DeviceName === RootDeviceName)?.Ebs;
  if (RootDeviceName === undefined || root?.VolumeSize === undefined) return [];
  return [{ DeviceName: RootDeviceName, Ebs: { VolumeSize: root.VolumeSize, DeleteOnTermination: true } }];
}

/** One-time: it ends when Amazon takes it back, and is never started again behind our back. It cannot be stopped either. */
function marketOf({ spot }: VmSpec): Pick<RunInstancesRequest, 'InstanceMarketOptions'> {
  if (spot === undefined) return {};
  const { maxPerHour } = spot;
  return {
    InstanceMarketOptions: {
      MarketType: 'spot',
      SpotOptions: {
        SpotInstanceType: 'one-time',
        InstanceInterruptionBehavior: 'terminate',
        ...(maxPerHour === undefined ? {} : { MaxPrice: String(maxPerHour) }),
      },
    },
  };
}
