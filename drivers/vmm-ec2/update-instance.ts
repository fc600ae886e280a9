import type { Instance } from '@aws-sdk/client-ec2';
import { conflict, factsOf, heldByOther, tagsOf, unsupported } from '@trencadis/aws-client';
import type { VmSpec } from '@trencadis/vmm';
import type { Account } from './account.ts';
import { attachClaimed, detachClaimed } from './attachments.ts';
import { checkInstanceType } from './check-vm-spec.ts';
import { getInstance } from './create-instance.ts';
import { type DiskClaim, claimKey, claimValue, claimsOf } from './instances.ts';
import { networkOfGroup } from './own-networks.ts';
import { claimsFor, freeDisks } from './placement.ts';
import { refuseSpot, settled, startInstance, stopInstance } from './power.ts';
import { tagKey } from './tags.ts';

interface Change {
  readonly spec: VmSpec;
  readonly claims: readonly DiskClaim[];
  readonly instanceType: string;
}

/**
 * New disks are attached to the VM as it is. For another size, and for a disk that leaves (a guest must have let go of
 * it), it is stopped and started again; a tag remembers that it ran, so that a change that was cut off ends so too.
 */
export async function updateInstance(account: Account, spec: VmSpec): Promise<Instance> {
  const instance = await getInstance(account, spec.name);
  refuseOther(instance, spec);
  const disks = await freeDisks(account, spec.name, spec.disks);
  const claims = claimsFor(spec.disks, disks);
  const zone = instance.Placement?.AvailabilityZone;
  const elsewhere = disks.find((disk) => disk.zone !== zone);
  if (elsewhere !== undefined) {
    throw conflict(
      `The disk ${elsewhere.name} lies in the zone ${elsewhere.zone}, and ${spec.name} in ${zone ?? 'another'}: a disk attaches in its own zone.`,
      spec.name,
    );
  }
  const change = { spec, claims, instanceType: await checkInstanceType(account, spec) };
  const present = await settled(account, spec.name);
  await claimDisks(account, present, claims);
  await attachClaimed(account, await getInstance(account, spec.name));
  await applyAtRest(account, present, change);
  return getInstance(account, spec.name);
}

function refuseOther(instance: Instance, spec: VmSpec): void {
  const facts = factsOf(instance);
  if (facts[tagKey.tag] !== spec.tag) throw heldByOther('VM', spec.name, facts[tagKey.tag]);
  const isSameImage = facts[tagKey.image] === spec.image.location;
  const wanted = spec.interfaces.map(({ network }) => network).join(' ');
  if (isSameImage && networksOf(instance) === wanted) return;
  throw unsupported(
    `The VM ${spec.name} keeps its image and networks: replace it to change them.`,
    spec.name,
  );
}

function networksOf({ NetworkInterfaces = [] }: Instance): string {
  const ordered = NetworkInterfaces.toSorted(
    (one, other) => (one.Attachment?.DeviceIndex ?? 0) - (other.Attachment?.DeviceIndex ?? 0),
  );
  return ordered
    .flatMap(({ Groups = [] }) => Groups.flatMap(({ GroupName }) => networkOfGroup(GroupName) ?? []))
    .join(' ');
}

async function claimDisks(
  { ec2, on }: Account,
  instance: Instance,
  claims: readonly DiskClaim[],
): Promise<void> {
  const facts = factsOf(instance);
  const changed = claims.filter((claim) => facts[claimKey(claim.disk)] !== claimValue(claim));
  if (changed.length === 0) return;
  const tags = Object.fromEntries(changed.map((claim) => [claimKey(claim.disk), claimValue(claim)]));
  await ec2.createTags({ Resources: [instance.InstanceId ?? ''], Tags: tagsOf(tags) }, on);
}

async function applyAtRest(account: Account, instance: Instance, change: Change): Promise<void> {
  const kept = new Set(change.claims.map(({ disk }) => disk));
  const leaving = claimsOf(instance).filter(({ disk }) => !kept.has(disk));
  const isOtherSize = instance.InstanceType !== change.instanceType;
  const isRunning = instance.State?.Name === 'running';
  const wasCutOff = factsOf(instance)[tagKey.restarting] !== undefined;
  const mustRest = leaving.length > 0 || isOtherSize;
  if (mustRest && isRunning) await bringToRest(account, instance, change.spec);
  for (const claim of leaving) await detachClaimed(account, instance, claim);
  if (isOtherSize) await changeType(account, instance, change.instanceType);
  if (!wasCutOff && !(mustRest && isRunning)) return;
  await startInstance(account, change.spec.name);
  await forgetRestart(account, instance);
}

async function bringToRest(account: Account, instance: Instance, { name }: VmSpec): Promise<void> {
  const { InstanceId = '' } = instance;
  refuseSpot(instance, name);
  const Tags = tagsOf({ [tagKey.restarting]: 'yes' });
  await account.ec2.createTags({ Resources: [InstanceId], Tags }, account.on);
  await stopInstance(account, name);
}

async function changeType({ ec2, on }: Account, { InstanceId }: Instance, type: string): Promise<void> {
  await ec2.modifyInstanceAttribute({ InstanceId, InstanceType: { Value: type } }, on);
}

/** Whoever stops a VM wants it stopped, also where a change of it was cut off before. */
export async function forgetRestart({ ec2, on }: Account, { InstanceId = '' }: Instance): Promise<void> {
  await ec2.deleteTags({ Resources: [InstanceId], Tags: [{ Key: tagKey.restarting }] }, on);
}
