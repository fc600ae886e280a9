import type { Instance, InstanceNetworkInterface } from '@aws-sdk/client-ec2';
import { type Facts, factsOf } from '@trencadis/aws-client';
import { brandId } from '@trencadis/ids';
import type { Vm, VmAddress, VmStatus } from '@trencadis/vmm';
import type { Account, TypeSize } from './account.ts';
import type { Ec2Credentials } from './credentials.ts';
import { attachedVolumes, claimsOf } from './instances.ts';
import { networkOfGroup } from './own-networks.ts';
import { sizesOf } from './type-sizes.ts';
import { tagKey } from './tags.ts';

/** VMs as the instances have them; sizes of types that were never asked for cost one call more, for all of them. */
export async function toVms(account: Account, instances: readonly Instance[]): Promise<readonly Vm[]> {
  const sizes = await sizesOf(
    account,
    instances.flatMap(({ InstanceType }) => InstanceType ?? []),
  );
  const { guests } = account.site.credentials;
  return instances.map((instance) =>
    vmOfInstance(instance, sizes.get(instance.InstanceType ?? '') ?? unknownSize, guests),
  );
}

/** Of a type that Amazon has taken out of the region. */
const unknownSize: TypeSize = { cpuCount: 0, memoryMiB: 0 };

export async function toVm(account: Account, instance: Instance): Promise<Vm> {
  const [vm] = await toVms(account, [instance]);
  return vm ?? vmOfInstance(instance, unknownSize, account.site.credentials.guests);
}

export function vmOfInstance(
  instance: Instance,
  { cpuCount, memoryMiB }: TypeSize,
  guests: Ec2Credentials['guests'],
): Vm {
  const status = statusOf(instance);
  const { InstanceType: instanceType } = instance;
  const { AvailabilityZone: zone } = instance.Placement ?? {};
  const addresses = addressesOf(instance);
  return {
    ...identityOf(factsOf(instance)),
    status,
    cpuCount,
    memoryMiB,
    addresses,
    ...attachedDisks(instance),
    ...(instanceType === undefined ? {} : { instanceType }),
    ...(zone === undefined ? {} : { zone }),
    ...(guests === 'real' && status === 'running' ? sshAt(addresses, factsOf(instance)) : {}),
    ...(status === 'failed' ? { failure: failureOf(instance) } : {}),
  };
}

function attachedDisks(instance: Instance): Pick<Vm, 'disks' | 'devices'> {
  const attached = attachedVolumes(instance);
  const claims = claimsOf(instance).filter(({ volumeId }) => attached.includes(volumeId));
  return {
    disks: claims.map(({ disk, mountPath }) => ({ disk, mountPath })),
    devices: Object.fromEntries(claims.map(({ disk, volumeId }) => [disk, devicePath(volumeId)])),
  };
}

/** Only public addresses are reached from outside of the VPC. */
function sshAt(addresses: readonly VmAddress[], facts: Facts): Pick<Vm, 'ssh'> {
  const host = addresses.find(({ publicAddress }) => publicAddress !== undefined)?.publicAddress;
  return host === undefined ? {} : { ssh: { host, port: 22, user: facts[tagKey.user] ?? 'root' } };
}

export function identityOf(facts: Facts): Pick<Vm, 'name' | 'tag' | 'image' | 'hostKeys'> {
  const hostKey = facts[tagKey.hostKey];
  return {
    name: brandId('VmName', facts[tagKey.name] ?? ''),
    tag: brandId('Tag', facts[tagKey.tag] ?? ''),
    image: {
      location: facts[tagKey.image] ?? '',
      digest: brandId('Sha256', facts[tagKey.imageDigest] ?? ''),
    },
    hostKeys: hostKey === undefined ? [] : [hostKey],
  };
}

const statuses: Readonly<Partial<Record<string, VmStatus>>> = {
  pending: 'creating',
  running: 'running',
  stopping: 'running',
  stopped: 'stopped',
};

/** One that is being terminated is told as failed until it is gone: its owner may not know (a spot VM, a hand at the console). */
function statusOf({ State }: Instance): VmStatus {
  return (State?.Name === undefined ? undefined : statuses[State.Name]) ?? 'failed';
}

export function failureOf({ State, StateReason, StateTransitionReason }: Instance): string {
  const reason = StateReason?.Message || StateTransitionReason || 'no reason is told';
  return `Amazon EC2 has the instance as ${State?.Name ?? 'unknown'}: ${reason}`;
}

const indexOf = ({ Attachment }: InstanceNetworkInterface) => Attachment?.DeviceIndex ?? 0;

/** In the order of the interfaces. An interface's network is that of its security group. */
function addressesOf({ NetworkInterfaces = [] }: Instance): readonly VmAddress[] {
  const ordered = NetworkInterfaces.toSorted((one, other) => indexOf(one) - indexOf(other));
  return ordered.flatMap(({ Groups = [], PrivateIpAddress: address, Association }) => {
    const [network] = Groups.flatMap(({ GroupName }) => networkOfGroup(GroupName) ?? []);
    if (network === undefined || address === undefined) return [];
    const { PublicIp: publicAddress } = Association ?? {};
    return [{ network, address, ...(publicAddress === undefined ? {} : { publicAddress }) }];
  });
}

/**
 * Where udev shows an EBS volume on instances of the Nitro system, which attaches them as NVMe.
 * https://docs.aws.amazon.com/ebs/latest/userguide/identify-nvme-ebs-device.html
 */
export function devicePath(volumeId: string): string {
  return `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace('-', '')}`;
}
