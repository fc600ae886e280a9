import type { Image, Instance, Snapshot } from '@aws-sdk/client-ec2';
import {
  allPages,
  byTag,
  conflict,
  factsOf,
  hasAwsCode,
  heldByOther,
  invalid,
  tagsOf,
  until,
} from '@trencadis/aws-client';
import { type Tag, brandId, parseId } from '@trencadis/ids';
import type { ImageOperations, SnapshotSpec, VmImage } from '@trencadis/vmm';
import { type Account, type Change, type Site, changing, removed, withAccount } from './account.ts';
import { getInstance } from './create-instance.ts';
import { PlatformError } from '@trencadis/errors';
import { digestOfAmi } from './images.ts';
import { listBootable } from './list-bootable.ts';
import { tagKey, tagged } from './tags.ts';

/** Starts an AMI's name, which one account has once in a region. */
const amiPrefix = 'trencadis-';
/** A full root volume is copied to S3. */
const readyWithinMs = 3_600_000;

/**
 * An image is an AMI of the account with its snapshot. It is taken while the VM runs, so its file system is as after a
 * power cut; stop the VM first for files at rest. cloud-init takes a VM made from it for a new one and replaces host keys
 * and its own memory; keys in `authorized_keys` and the machine id stay in it, as nothing of ours runs inside: remove
 * them in the VM before, where that matters.
 */
export function ec2Images(site: Site): ImageOperations {
  const exclusive = <Result>(name: string, signal: AbortSignal, work: Change<Result>['work']) =>
    changing(site, `image ${name}`, {
      signal,
      work: async (account) => {
        if (parseId('VmiId', name) === undefined)
          throw invalid(`'${name}' cannot name an image: it must be a DNS label.`, name);
        return work(account);
      },
    });
  return {
    snapshotVm: (spec, signal) => exclusive(spec.name, signal, (account) => snapshot(account, spec)),
    deleteImage: (name, signal) => exclusive(name, signal, (account) => deleteImage(account, name)),
    listImages: (tag, signal) => withAccount(site, signal, (account) => listImages(account, tag)),
    listBootable: (filter, signal) => withAccount(site, signal, (account) => listBootable(account, filter)),
  };
}

async function findImages({ ec2, on }: Account, key: string, value: string): Promise<readonly Image[]> {
  const Filters = [byTag(key, value), { Name: 'tag-key', Values: [tagKey.name] }];
  return allPages(
    (from) => ec2.describeImages({ Owners: ['self'], Filters, ...from }, on),
    ({ Images }) => Images,
  );
}

function toVmImage(image: Image): VmImage {
  const facts = factsOf(image);
  const location = image.ImageId ?? '';
  return {
    name: facts[tagKey.name] ?? '',
    tag: brandId('Tag', facts[tagKey.tag] ?? ''),
    location,
    digest: digestOfAmi(location),
  };
}

/** A snapshot whose AMI is gone is what is left of a removal that was cut off: told as the image it was. */
async function listImages(account: Account, tag: Tag): Promise<readonly VmImage[]> {
  const images = (await findImages(account, tagKey.tag, tag)).map(toVmImage);
  const snapshots = await findSnapshots(account, tagKey.tag, tag);
  const left = snapshots.map((each): VmImage => {
    const { [tagKey.name]: name = '', [tagKey.image]: location = '' } = factsOf(each);
    return { name, tag, location, digest: digestOfAmi(location) };
  });
  const isListed = ({ name }: VmImage) => images.some((image) => image.name === name);
  return [...images, ...left.filter((image) => !isListed(image))];
}

function findSnapshots({ ec2, on }: Account, key: string, value: string): Promise<readonly Snapshot[]> {
  const Filters = [byTag(key, value), { Name: 'tag-key', Values: [tagKey.image] }];
  return allPages(
    (from) => ec2.describeSnapshots({ OwnerIds: ['self'], Filters, ...from }, on),
    ({ Snapshots }) => Snapshots,
  );
}

async function snapshot(account: Account, spec: SnapshotSpec): Promise<VmImage> {
  const [existing] = await findImages(account, tagKey.name, spec.name);
  const tag = factsOf(existing)[tagKey.tag];
  if (existing !== undefined && tag !== spec.tag) throw heldByOther('image', spec.name, tag);
  if (existing === undefined) await makeImage(account, await getInstance(account, spec.vm), spec);
  const awaited = { what: `the image ${spec.name} is made`, subject: spec.name, deadlineMs: readyWithinMs };
  const made = await until(account, awaited, async () => {
    const [image] = await findImages(account, tagKey.name, spec.name);
    if (image?.State === 'failed' || image?.State === 'error') throw notMade(image, spec);
    return image?.State === 'available' ? image : undefined;
  });
  await tagSnapshots(account, made);
  return toVmImage(made);
}

function notMade({ StateReason, ImageId }: Image, { name }: SnapshotSpec): PlatformError {
  const said = StateReason?.Message ?? 'no reason is told';
  return new PlatformError(
    'unavailable',
    `Amazon EC2 could not make the image ${name} (${ImageId}): ${said}. Delete it and try again.`,
    { subject: name, details: { awsCode: StateReason?.Code } },
  );
}

async function makeImage(account: Account, instance: Instance, spec: SnapshotSpec): Promise<void> {
  const { ec2, signal } = account;
  const { name, tag, vm } = spec;
  const facts = { [tagKey.shown]: name, [tagKey.tag]: tag, [tagKey.name]: name };
  try {
    signal.throwIfAborted();
    // To its end, also for a caller who calls it off: whoever removes the image then waits for it and finds it.
    await ec2.createImage({
      InstanceId: instance.InstanceId,
      Name: amiPrefix + name,
      Description: `Root disk of the VM ${vm}`,
      NoReboot: true,
      BlockDeviceMappings: withoutDataDisks(instance),
      TagSpecifications: [tagged('image', facts)],
    });
  } catch (error) {
    if (!hasAwsCode(error, /^InvalidAMIName\.Duplicate$/)) throw error;
    // Ours: the answer of an earlier attempt was lost, or another process was quicker.
    const [other] = await findImages(account, tagKey.name, name);
    if (factsOf(other)[tagKey.tag] === tag) return;
    throw conflict(
      `An AMI ${amiPrefix}${name} exists that is not this platform's: choose another name.`,
      name,
    );
  }
}

function withoutDataDisks({ BlockDeviceMappings = [], RootDeviceName }: Instance) {
  return BlockDeviceMappings.filter(({ DeviceName }) => DeviceName !== RootDeviceName).flatMap(
    ({ DeviceName }) => (DeviceName === undefined ? [] : [{ DeviceName, NoDevice: '' }]),
  );
}

const snapshotsOf = ({ BlockDeviceMappings = [] }: Image): readonly string[] =>
  BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);

/** So that a snapshot is found whose AMI is gone already. */
async function tagSnapshots({ ec2, on }: Account, image: Image): Promise<void> {
  const Resources = [...snapshotsOf(image)];
  const { [tagKey.tag]: tag, [tagKey.name]: name } = factsOf(image);
  const facts = {
    [tagKey.shown]: name,
    [tagKey.tag]: tag,
    [tagKey.name]: name,
    [tagKey.image]: image.ImageId,
  };
  if (Resources.length > 0) await ec2.createTags({ Resources, Tags: tagsOf(facts) }, on);
}

/** VMs that were made from it go on. A snapshot can go only after its AMI. */
async function deleteImage(account: Account, name: string): Promise<void> {
  const { ec2, on } = account;
  const snapshots = new Set<string>();
  for (const image of await findImages(account, tagKey.name, name)) {
    if (image.State === 'available') await tagSnapshots(account, image);
    for (const id of snapshotsOf(image)) snapshots.add(id);
    await removed(() => ec2.deregisterImage({ ImageId: image.ImageId }, on));
  }
  for (const { SnapshotId } of await findSnapshots(account, tagKey.name, name)) {
    if (SnapshotId !== undefined) snapshots.add(SnapshotId);
  }
  for (const SnapshotId of snapshots) await removed(() => ec2.deleteSnapshot({ SnapshotId }, on));
}
