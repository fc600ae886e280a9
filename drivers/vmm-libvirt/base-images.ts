import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, brandId, sha256OfText } from '@trencadis/ids';
import type { ImageReference } from '@trencadis/vmm';
import { z } from 'zod';
import { invalid } from './errors.ts';
import type { Facts } from './facts.ts';
import type { Site } from './site.ts';
import { type Volume, describeVolumes } from './storage-pool.ts';
import { parseImageVolume, volumeNames } from './volume-names.ts';

/** What a VM's root disk begins as. */
export interface BaseImage {
  readonly volume: Volume;
  readonly boot?: NonNullable<Facts['boot']>;
  /** Whether it was made from a VM, whose identity is still in it. */
  readonly isOfVm: boolean;
}

/**
 * An image's place is `POOL/VOLUME`, or the absolute path of a qcow2 on the platform's own host (or of the folder with
 * its `disk.qcow2`). The latter is uploaded when it is first used, and stays in the pool under its digest; beside either,
 * `vmlinuz` and `initrd.img` are booted directly.
 */
export async function baseImage(site: Site, image: ImageReference, signal: AbortSignal): Promise<BaseImage> {
  const { location, digest } = image;
  if (location.startsWith('/')) {
    return site.mutex.run(`image ${digest}`, () => uploaded(site, image, signal));
  }
  const [pool = '', volume = ''] = /^[^/\s'"\\]+\/[^/\s'"\\]+$/.test(location) ? location.split('/') : [];
  if (volume === '')
    throw invalid(`The image '${location}' is neither an absolute path nor POOL/VOLUME.`, location);
  const base = await baseInPool(site, { pool, volume }, signal);
  if (base === undefined)
    throw noImage(location, `libvirt has no such volume: list them with virsh vol-list ${pool}`);
  if (digestOfVolume(location, base.volume) !== digest) {
    throw invalid(`The image ${location} has changed since it was listed: list it again.`, location);
  }
  return base;
}

/** libvirt tells no digest of a volume's content: of its place, and of when it was changed. */
export function digestOfVolume(location: string, { modified, capacityBytes }: Volume): Sha256 {
  return sha256OfText(`${location} ${modified} ${capacityBytes}`);
}

interface Place {
  readonly pool: string;
  readonly volume: string;
}

async function baseInPool(
  site: Site,
  { pool, volume }: Place,
  signal: AbortSignal,
): Promise<BaseImage | undefined> {
  const names = [volume, volumeNames.kernel(volume), volumeNames.initrd(volume)];
  const found = await describeVolumes(
    site.virsh,
    names.map((each) => ({ pool, volume: each })),
    signal,
  );
  const [disk, kernel, initrd] = names.map((each) => found.get(`${pool}/${each}`));
  if (disk === undefined) return undefined;
  const isBootable = kernel !== undefined && initrd !== undefined;
  return {
    volume: disk,
    ...(isBootable ? { boot: { kernel: kernel.path, initrd: initrd.path } } : {}),
    isOfVm: parseImageVolume(volume) !== undefined,
  };
}

async function uploaded(
  site: Site,
  { location, digest }: ImageReference,
  signal: AbortSignal,
): Promise<BaseImage> {
  const { pool } = site;
  const place = { pool: pool.name, volume: volumeNames.base(digest) };
  const complete = volumeNames.baseIsComplete(digest);
  // The path is looked at each time: an image that is gone from its place is none, however long a copy of it stays.
  const files = await filesOf(location);
  if (!(await pool.list(signal)).includes(complete)) {
    await checkDigest(files.disk, digest, signal);
    const capacityBytes = await virtualSize(files.disk);
    const parts = [[place.volume, files.disk], ...bootFiles(place.volume, files)] as const;
    for (const [volume, file] of parts) {
      const isDisk = volume === place.volume;
      const size = isDisk ? capacityBytes : (await stat(file)).size;
      // Another process that uploads the same at this moment writes the same bytes.
      await pool.create({ name: volume, capacityBytes: size, format: isDisk ? 'qcow2' : 'raw' }, signal);
      await pool.upload(volume, file, signal);
    }
    await pool.create({ name: complete, capacityBytes: 0, format: 'raw' }, signal);
  }
  const base = await baseInPool(site, place, signal);
  if (base !== undefined) return base;
  // Somebody has deleted the disk and left the mark: it is uploaded anew at the next call.
  await pool.delete([complete], signal);
  throw new PlatformError(
    'unavailable',
    `The copy of ${location} in the pool ${pool.name} is gone: try again.`,
  );
}

interface ImageFiles {
  readonly disk: string;
  readonly kernel?: string;
  readonly initrd?: string;
}

const bootFiles = (volume: string, { kernel, initrd }: ImageFiles) =>
  kernel === undefined || initrd === undefined
    ? []
    : ([
        [volumeNames.kernel(volume), kernel],
        [volumeNames.initrd(volume), initrd],
      ] as const);

async function filesOf(location: string): Promise<ImageFiles> {
  const found = await stat(location).catch(() => undefined);
  const disk = found?.isDirectory() === true ? join(location, 'disk.qcow2') : location;
  if (!(await isFile(disk)))
    throw noImage(location, 'there is no such file on the platform’s host: build it first');
  const [kernel, initrd] = ['vmlinuz', 'initrd.img'].map((name) => join(dirname(disk), name));
  if (kernel === undefined || initrd === undefined) return { disk };
  return (await isFile(kernel)) && (await isFile(initrd)) ? { disk, kernel, initrd } : { disk };
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

const recordSchema = z.object({ digest: z.string() });

/** As the builder's record beside the disk has it, or else of the file itself. */
async function checkDigest(disk: string, digest: Sha256, signal: AbortSignal): Promise<void> {
  const path = join(dirname(disk), 'image.json');
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const record = recordSchema.safeParse(JSON.parse(text));
  if (record.success && record.data.digest === digest) return;
  const hash = createHash('sha256');
  await pipeline(createReadStream(disk, { signal }), hash);
  if (brandId('Sha256', hash.digest('hex')) === digest) return;
  throw invalid(`The image ${disk} has another content than the catalog says: register it again.`, disk);
}

/** Of a qcow2, from its header (https://www.qemu.org/docs/master/interop/qcow2.html): magic, version, ..., size at byte 24. */
async function virtualSize(disk: string): Promise<number> {
  const file = await open(disk, 'r');
  try {
    const header = Buffer.alloc(32);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    if (bytesRead === header.length && header.readUInt32BE(0) === 0x514649fb)
      return Number(header.readBigUInt64BE(24));
  } finally {
    await file.close();
  }
  throw invalid(`The image ${disk} is no qcow2 disk: convert it (qemu-img convert -O qcow2).`, disk);
}

function noImage(location: string, because: string): PlatformError {
  return new PlatformError('not-found', `There is no image ${location}: ${because}.`, { subject: location });
}
