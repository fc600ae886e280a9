import type { Filter, Instance } from '@aws-sdk/client-ec2';
import { allPages, byTag, factsOf } from '@trencadis/aws-client';
import { type DiskName, type VmName, parseId } from '@trencadis/ids';
import type { VmDisk } from '@trencadis/vmm';
import type { Account } from './account.ts';
import { tagKey } from './tags.ts';

/** One listing in pages. Amazon goes on to tell terminated instances for about an hour: they are absent. */
export async function findInstances(
  { ec2, on }: Account,
  ...Filters: readonly Filter[]
): Promise<readonly Instance[]> {
  const all = await allPages(
    (from) => ec2.describeInstances({ Filters: [...Filters], ...from }, on),
    ({ Reservations }) => Reservations?.flatMap(({ Instances = [] }) => Instances),
  );
  return all.toSorted(byAge);
}

/** Oldest first; everybody who sees the same instances takes the same one. */
function byAge(one: Instance, other: Instance): number {
  const age = (one.LaunchTime?.getTime() ?? 0) - (other.LaunchTime?.getTime() ?? 0);
  return age || (one.InstanceId ?? '').localeCompare(other.InstanceId ?? '');
}

export const isDead = ({ State }: Instance) => State?.Name === 'terminated';
export const isDying = (instance: Instance) => instance.State?.Name === 'shutting-down' || isDead(instance);

/** Those of that name that are not gone, the one that counts first. */
export async function instancesNamed(account: Account, name: VmName): Promise<readonly Instance[]> {
  const all = await findInstances(account, byTag(tagKey.name, name));
  return all
    .filter((instance) => !isDead(instance))
    .toSorted((one, other) => Number(isDying(one)) - Number(isDying(other)));
}

export async function instanceNamed(account: Account, name: VmName): Promise<Instance | undefined> {
  const [first] = await instancesNamed(account, name);
  return first;
}

/** A data disk that an instance has, or is to get: a tag at the instance, which is there from its creation on. */
export interface DiskClaim extends VmDisk {
  readonly volumeId: string;
  /** Place among the spec's disks. */
  readonly order: number;
}

const claimPrefix = 'trencadis:disk:';

export const claimKey = (disk: DiskName) => claimPrefix + disk;
export const claimValue = ({ volumeId, order, mountPath }: DiskClaim) => `${volumeId} ${order} ${mountPath}`;

export function claimsOf(instance: Instance): readonly DiskClaim[] {
  const claims = Object.entries(factsOf(instance)).flatMap(([key, value = '']) => {
    const disk = key.startsWith(claimPrefix) ? parseId('DiskName', key.slice(claimPrefix.length)) : undefined;
    const [, volumeId, order, mountPath] = /^(\S+) (\d+) (.*)$/s.exec(value) ?? [];
    if (disk === undefined || volumeId === undefined || mountPath === undefined) return [];
    return [{ disk, volumeId, order: Number(order), mountPath }];
  });
  return claims.toSorted((one, other) => one.order - other.order);
}

export function attachedVolumes(instance: Instance): readonly string[] {
  return (instance.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.VolumeId ?? []);
}

/** Who has that disk, or is about to get it. */
export async function holderOf(account: Account, disk: DiskName): Promise<Instance | undefined> {
  const holders = await findInstances(account, { Name: 'tag-key', Values: [claimKey(disk)] });
  return holders.find((instance) => !isDead(instance));
}

export const nameOf = (instance: Instance) => factsOf(instance)[tagKey.name] ?? instance.InstanceId ?? '';
