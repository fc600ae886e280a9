import type { Instance } from '@aws-sdk/client-ec2';
import { conflict, hasAwsCode, notFound, tooSlow, until } from '@trencadis/aws-client';
import type { Account } from './account.ts';
import { type DiskClaim, attachedVolumes, claimKey, claimsOf, nameOf } from './instances.ts';

const attachedWithinMs = 120_000;
const detachedWithinMs = 180_000;

/** For data volumes. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html */
const deviceNames = Array.from('fghijklmnop', (letter) => `/dev/sd${letter}`);

/** Attaches every disk that the instance claims and does not have yet; the instance runs or is stopped. */
export async function attachClaimed(account: Account, instance: Instance): Promise<void> {
  const attached = attachedVolumes(instance);
  const used = new Set((instance.BlockDeviceMappings ?? []).map(({ DeviceName }) => DeviceName));
  for (const claim of claimsOf(instance)) {
    if (attached.includes(claim.volumeId)) continue;
    const device = deviceNames.find((name) => !used.has(name));
    if (device === undefined) throw tooMany(instance);
    used.add(device);
    await attach(account, instance, { claim, device });
  }
}

function tooMany(instance: Instance) {
  const name = nameOf(instance);
  return conflict(
    `The VM ${name} has ${deviceNames.length} data disks already: no device name is free.`,
    name,
  );
}

interface Attachment {
  readonly claim: DiskClaim;
  readonly device: string;
}

async function attach(
  account: Account,
  { InstanceId }: Instance,
  { claim, device }: Attachment,
): Promise<void> {
  const { ec2, on } = account;
  const { volumeId: VolumeId, disk } = claim;
  try {
    await ec2.attachVolume({ VolumeId, InstanceId, Device: device }, on);
  } catch (error) {
    // Amazon attaches a volume once: another process of ours has done it, or the disk is another VM's.
    if (!hasAwsCode(error, /^VolumeInUse$/)) throw error;
    const { Volumes = [] } = await ec2.describeVolumes({ VolumeIds: [VolumeId] }, on);
    const holder = Volumes[0]?.Attachments?.[0]?.InstanceId;
    if (holder !== InstanceId)
      throw conflict(`The disk ${disk} is attached to ${holder ?? 'another VM'}.`, disk);
  }
  await untilVolume(account, claim, { state: 'attached', deadlineMs: attachedWithinMs });
}

/** Takes the volume away from a stopped instance, or from a guest that has let go of it; the claim goes last. */
export async function detachClaimed(account: Account, instance: Instance, claim: DiskClaim): Promise<void> {
  const { ec2, on } = account;
  const { InstanceId = '' } = instance;
  const { volumeId: VolumeId, disk } = claim;
  try {
    await ec2.detachVolume({ VolumeId, InstanceId }, on);
  } catch (error) {
    if (!hasAwsCode(error, /^(IncorrectState|InvalidAttachment\.NotFound|InvalidVolume\.NotFound)$/))
      throw error;
  }
  await untilVolume(account, claim, { state: 'available', deadlineMs: detachedWithinMs });
  await ec2.deleteTags({ Resources: [InstanceId], Tags: [{ Key: claimKey(disk) }] }, on);
}

interface VolumeWish {
  readonly state: 'available' | 'attached';
  readonly deadlineMs: number;
}

async function untilVolume(account: Account, { volumeId, disk }: DiskClaim, wish: VolumeWish): Promise<void> {
  const awaited = {
    what: `the volume of the disk ${disk} is ${wish.state}`,
    subject: disk,
    deadlineMs: wish.deadlineMs,
  };
  await until(account, awaited, async () => {
    const { Volumes = [] } = await describe(account, volumeId, disk);
    const [volume] = Volumes;
    if (volume === undefined) throw notFound('disk', disk);
    if (volume.State === 'error')
      throw tooSlow(account.site.service, `its volume ${volumeId} is in error`, disk);
    const isAttached = volume.Attachments?.some(({ State }) => State === 'attached') ?? false;
    const isThere = wish.state === 'attached' ? isAttached : volume.State === 'available';
    return isThere ? true : undefined;
  });
}

async function describe({ ec2, on }: Account, volumeId: string, disk: string) {
  try {
    return await ec2.describeVolumes({ VolumeIds: [volumeId] }, on);
  } catch (error) {
    if (hasAwsCode(error, /^InvalidVolume\.NotFound$/)) throw notFound('disk', disk);
    throw error;
  }
}
