import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import { type Sha256, type VmiId, brandId, idPatterns } from '@trencadis/ids';
import { z } from 'zod';

const sha256 = z
  .string()
  .regex(idPatterns.Sha256)
  .transform((text) => brandId('Sha256', text));

/** What `image.json` beside each root filesystem says. */
const recordSchema = z.object({
  id: z
    .string()
    .regex(idPatterns.VmiId)
    .transform((text) => brandId('VmiId', text)),
  cacheKey: sha256,
  digest: sha256,
  sizeBytes: z.int(),
  builtAt: z.iso.datetime(),
  packages: z.array(z.object({ name: z.string(), version: z.string() })).readonly(),
});

/** What `image.json` beside each disk says. */
const diskRecordSchema = recordSchema.extend({
  format: z.literal('qcow2'),
  virtualSizeBytes: z.int(),
  kernel: z.string(),
});

interface Built {
  readonly id: VmiId;
  /** Of what went in (recipe, files, Node, builder): the same key is never built twice. */
  readonly cacheKey: Sha256;
  /** ISO 8601, UTC. */
  readonly builtAt: string;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}

export interface BuiltImage extends Built {
  /** Of what came out: the whole tree as a sorted tar. This is the digest of an image reference. */
  readonly digest: Sha256;
  /** Absolute path of the root filesystem, to be used read-only. */
  readonly rootfs: string;
  /** Length of the tree as a tar. */
  readonly sizeBytes: number;
}

/** A disk that boots by its own boot loader (BIOS), or by the kernel and initial file system that lie beside it. */
export interface BuiltDiskImage extends Built {
  readonly format: 'qcow2';
  /** Of the file `disk`. */
  readonly digest: Sha256;
  /** Absolute path of `disk.qcow2`; `vmlinuz` and `initrd.img` are in the same folder. To be used read-only. */
  readonly disk: string;
  readonly kernelFile: string;
  readonly initrdFile: string;
  /** Length of the file `disk`. */
  readonly sizeBytes: number;
  /** Of the disk that a virtual machine sees; the root file system grows with a larger one. */
  readonly virtualSizeBytes: number;
  /** Its release, as `uname -r` says it. */
  readonly kernel: string;
}

export const recordName = 'image.json';

/** The image in that folder, or `undefined` when there is none. A damaged record is a `conflict`. */
export async function readBuiltImage(folder: string): Promise<BuiltImage | undefined> {
  const record = await readRecord(folder, recordSchema);
  return record && { ...record, rootfs: join(folder, 'rootfs') };
}

/** As {@link readBuiltImage}, of a disk. */
export async function readBuiltDiskImage(folder: string): Promise<BuiltDiskImage | undefined> {
  const record = await readRecord(folder, diskRecordSchema);
  return record && { ...record, ...diskFiles(folder) };
}

/** Their names are known to those who boot the kernel directly. */
export function diskFiles(folder: string): Pick<BuiltDiskImage, 'disk' | 'kernelFile' | 'initrdFile'> {
  return {
    disk: join(folder, 'disk.qcow2'),
    kernelFile: join(folder, 'vmlinuz'),
    initrdFile: join(folder, 'initrd.img'),
  };
}

async function readRecord<Image>(folder: string, schema: z.ZodType<Image>): Promise<Image | undefined> {
  const path = join(folder, recordName);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const message = `The record ${path} is damaged: remove ${folder} and build the image again.`;
    throw new PlatformError('conflict', message, { subject: path, cause: error });
  }
}

/** The record's text, with a fixed order of fields. */
export function printRecord(image: z.infer<typeof recordSchema> | z.infer<typeof diskRecordSchema>): string {
  return `${JSON.stringify(image, null, 2)}\n`;
}
