import type { Volume } from '@aws-sdk/client-ec2';
import { allPages, byTag, conflict, factsOf, hasAwsCode, heldByOther, until } from '@trencadis/aws-client';
import { type DiskName, brandId, sha256OfText } from '@trencadis/ids';
import type { Disk, DiskOperations, DiskSpec } from '@trencadis/vmm';
import {
  type Account,
  type Change,
  NotYetVisible,
  type Site,
  changing,
  onceVisible,
  removed,
  withAccount,
} from './account.ts';
import { holderOf, nameOf } from './instances.ts';
import { tagKey, tagged } from './tags.ts';
import { homeZone } from './zones.ts';

/** A data disk: an EBS volume (gp3), blank at first. */
export interface OwnDisk extends Disk {
  readonly volumeId: string;
  readonly zone: string;
  /** Amazon is still making it: it cannot be attached yet. */
  readonly isCreating: boolean;
}

const readyWithinMs = 120_000;
const goneWithinMs = 300_000;

/** A disk lies in the home zone of its tag: nobody knows yet which VM it is for, and it attaches inside that zone only. */
export function ec2Disks(site: Site): DiskOperations {
  const exclusive = <Result>(name: DiskName, signal: AbortSignal, work: Change<Result>['work']) =>
    changing(site, `disk ${name}`, { signal, work });
  return {
    createDisk: (spec, signal) => exclusive(spec.name, signal, (account) => createDisk(account, spec)),
    deleteDisk: (name, signal) => exclusive(name, signal, (account) => deleteDisk(account, name)),
    listDisks: (tag, signal) =>
      withAccount(site, signal, async (account) => (await findDisks(account, tagKey.tag, [tag])).map(toDisk)),
  };
}

const toDisk = ({ name, tag, sizeGiB }: OwnDisk): Disk => ({ name, tag, sizeGiB });

/** Root volumes have no name of a disk, so they are none. */
export async function findDisks(
  { ec2, on }: Account,
  key: string,
  values: readonly string[],
): Promise<readonly OwnDisk[]> {
  const Filters = [byTag(key, ...values), { Name: 'tag-key', Values: [tagKey.name] }];
  const volumes = await allPages(
    (from) => ec2.describeVolumes({ Filters, ...from }, on),
    ({ Volumes }) => Volumes,
  );
  const gone = new Set<string | undefined>(['deleting', 'deleted', 'error']);
  return volumes.filter(({ State }) => !gone.has(State)).map(toOwnDisk);
}

function toOwnDisk(volume: Volume): OwnDisk {
  const facts = factsOf(volume);
  return {
    name: brandId('DiskName', facts[tagKey.name] ?? ''),
    tag: brandId('Tag', facts[tagKey.tag] ?? ''),
    sizeGiB: volume.Size ?? 0,
    volumeId: volume.VolumeId ?? '',
    zone: volume.AvailabilityZone ?? '',
    isCreating: volume.State === 'creating',
  };
}

async function createDisk(account: Account, spec: DiskSpec): Promise<Disk> {
  const [existing] = await findDisks(account, tagKey.name, [spec.name]);
  if (existing !== undefined && existing.tag !== spec.tag) throw heldByOther('disk', spec.name, existing.tag);
  if (existing === undefined) await makeVolume(account, spec);
  const awaited = { what: `the disk ${spec.name} is ready`, subject: spec.name, deadlineMs: readyWithinMs };
  return until(account, awaited, async () => {
    const [disk] = await findDisks(account, tagKey.name, [spec.name]);
    return disk === undefined || disk.isCreating ? undefined : toDisk(disk);
  });
}

const maxTokens = 20;

/**
 * The client token makes Amazon answer the same volume to two processes that ask at once. It goes on answering one that
 * was deleted meanwhile, so a token counts how often that was so.
 */
async function makeVolume(account: Account, { name, tag, sizeGiB }: DiskSpec): Promise<void> {
  const zone = await homeZone(account, tag);
  const facts = { [tagKey.shown]: name, [tagKey.tag]: tag, [tagKey.name]: name };
  for (let attempt = 0; attempt < maxTokens; attempt += 1) {
    try {
      account.signal.throwIfAborted();
      // To its end, also for a caller who calls it off: whoever removes the disk then waits for it and finds it.
      const { VolumeId = '' } = await account.ec2.createVolume({
        AvailabilityZone: zone,
        Size: sizeGiB,
        VolumeType: 'gp3',
        ClientToken: sha256OfText(`${tag} ${name} ${sizeGiB} ${attempt}`),
        TagSpecifications: [tagged('volume', facts)],
      });
      if (await isAlive(account, VolumeId)) return;
    } catch (error) {
      if (!hasAwsCode(error, /^IdempotentParameterMismatch$/)) throw error;
    }
  }
  throw conflict(
    `The disk ${name} was made and deleted ${maxTokens} times today: choose another name.`,
    name,
  );
}

async function isAlive(account: Account, VolumeId: string): Promise<boolean> {
  try {
    const { Volumes = [] } = await onceVisible(account, async () => {
      const answer = await account.ec2.describeVolumes({ VolumeIds: [VolumeId] }, account.on);
      if (answer.Volumes?.length === 0) throw new NotYetVisible(VolumeId);
      return answer;
    });
    return Volumes.every(({ State }) => State !== 'deleting' && State !== 'deleted');
  } catch (error) {
    if (hasAwsCode(error, /NotFound$/)) return false;
    throw error;
  }
}

/** All volumes of that name: two processes may have made one each. */
async function deleteDisk(account: Account, name: DiskName): Promise<void> {
  const holder = await holderOf(account, name);
  if (holder !== undefined)
    throw conflict(`The disk ${name} is attached to ${nameOf(holder)}: detach it first.`, name);
  const { ec2, on } = account;
  for (const { volumeId } of await findDisks(account, tagKey.name, [name])) {
    await removed(() => ec2.deleteVolume({ VolumeId: volumeId }, on));
  }
  const awaited = { what: `the disk ${name} is deleted`, subject: name, deadlineMs: goneWithinMs };
  await until(account, awaited, async () =>
    (await findDisks(account, tagKey.name, [name])).length === 0 ? true : undefined,
  );
}
