import { PlatformError } from '@trencadis/errors';
import { parseId } from '@trencadis/ids';
import type { BootableImage, ImageFilter, ImageOperations, VmImage } from '@trencadis/vmm';
import { digestOfVolume } from './base-images.ts';
import { listDomains } from './domains.ts';
import { notFound, translated } from './errors.ts';
import type { Site } from './site.ts';
import { snapshotVm } from './snapshot.ts';
import { describeVolumes } from './storage-pool.ts';
import { type ImageVolume, ownPrefix, parseImageVolume, volumeNames } from './volume-names.ts';

/** Images are volumes: those made from VMs are in our pool, and any pool may hold others to boot. */
export function libvirtImages(site: Site): ImageOperations {
  const locked = <Result>(name: string, signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () => site.mutex.run(`image ${name}`, work));
  return {
    snapshotVm: (spec, signal) =>
      locked(spec.name, signal, async () => {
        checkName(spec.name);
        const made = (await imageVolumes(site, signal)).find(({ name }) => name === spec.name);
        const found = made ?? (await snapshotVm(site, spec, signal));
        if (found.tag !== spec.tag) throw nameTaken(found);
        const [image] = await toImages(site, [found], signal);
        if (image === undefined) throw notFound('image', spec.name);
        return image;
      }),
    deleteImage: (name, signal) => locked(name, signal, () => deleteImage(site, name, signal)),
    listImages: (tag, signal) =>
      translated(signal, async () => {
        const all = await imageVolumes(site, signal);
        const ours = all.filter((each) => each.tag === tag);
        return toImages(site, ours, signal);
      }),
    listBootable: (filter, signal) => translated(signal, () => listBootable(site, filter, signal)),
  };
}

function checkName(name: string): void {
  if (parseId('VmName', name) !== undefined) return;
  throw new PlatformError('invalid-argument', `'${name}' is no name of an image: write a DNS label.`, {
    subject: name,
  });
}

function nameTaken({ name, tag }: ImageVolume): PlatformError {
  return new PlatformError(
    'conflict',
    `The image ${name} exists and belongs to ${tag}. Choose another name.`,
    {
      subject: name,
    },
  );
}

async function imageVolumes({ pool }: Site, signal: AbortSignal): Promise<readonly ImageVolume[]> {
  return (await pool.list(signal)).flatMap((volume) => parseImageVolume(volume) ?? []);
}

async function toImages(
  { pool }: Site,
  volumes: readonly ImageVolume[],
  signal: AbortSignal,
): Promise<readonly VmImage[]> {
  const found = await pool.describe(
    volumes.map(({ volume }) => volume),
    signal,
  );
  return volumes.flatMap(({ name, tag, volume }) => {
    const location = `${pool.name}/${volume}`;
    const described = found.get(location);
    return described === undefined
      ? []
      : [{ name, tag, location, digest: digestOfVolume(location, described) }];
  });
}

/** Content first and the image last, so that one that was cut off is still listed. */
async function deleteImage(site: Site, name: string, signal: AbortSignal): Promise<void> {
  checkName(name);
  const { pool } = site;
  const volumes = (await pool.list(signal)).filter(
    (each) => each.startsWith(volumeNames.imagePrefix(name)) || each.startsWith(volumeNames.copyPrefix(name)),
  );
  if (volumes.length === 0) return;
  const places = new Set(volumes.map((volume) => `${pool.name}/${volume}`));
  const user = (await listDomains(site, signal)).find(({ facts }) => places.has(facts.image.location));
  if (user !== undefined) {
    const message = `The image ${name} lies under the disk of the VM ${user.name}: delete that first.`;
    throw new PlatformError('conflict', message, { subject: name });
  }
  const isMark = (volume: string) => parseImageVolume(volume) !== undefined;
  await pool.delete([...volumes.filter((each) => !isMark(each)), ...volumes.filter(isMark)], signal);
}

const diskFormats = new Set(['qcow2', 'raw']);

/** Disks of every pool, beside what the platform itself keeps there: three calls, and one more for each pool. */
async function listBootable(
  site: Site,
  { pattern }: ImageFilter,
  signal: AbortSignal,
): Promise<readonly BootableImage[]> {
  await site.pool.directory(signal);
  const pools = lines(await site.virsh.read(['pool-list', '--name'], signal));
  const commands = pools.map((pool) => ['vol-list', '--pool', pool]);
  const lists = await site.virsh.each(commands, { signal, isInterruptible: true });
  const fits = matcher(pattern);
  const places = pools.flatMap((pool, index) =>
    lines(lists[index] ?? '').flatMap((line) => {
      const [volume = ''] = line.split(/\s{2,}/);
      return isCandidate(volume) && (fits(volume) || fits(`${pool}/${volume}`)) ? [{ pool, volume }] : [];
    }),
  );
  const found = await describeVolumes(site.virsh, places, signal);
  return [...found]
    .filter(([, { format, capacityBytes }]) => diskFormats.has(format) && capacityBytes > 0)
    .map(([location, volume]) => ({
      name: location.slice(location.indexOf('/') + 1),
      location,
      digest: digestOfVolume(location, volume),
      minDiskGiB: Math.ceil(volume.capacityBytes / 2 ** 30),
    }));
}

const lines = (text: string) => text.split('\n').flatMap((line) => line.trim() || []);

function isCandidate(volume: string): boolean {
  if (volume.startsWith(ownPrefix)) return parseImageVolume(volume) !== undefined;
  return (
    /^[^\s'"\\]+$/.test(volume) && !/(\.iso|\.vmlinuz|\.initrd\.img|^vmlinuz|^initrd\.img)$/.test(volume)
  );
}

function matcher(pattern = '*'): (name: string) => boolean {
  const text = pattern.replaceAll(/[\\^$+?.()|[\]{}]/g, String.raw`\$&`).replaceAll('*', '.*');
  const expression = new RegExp(`^${text}$`);
  return (name) => expression.test(name);
}
