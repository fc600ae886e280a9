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
  packages: z.array(z.object({ name: z.string(), version: z.string() })),
});

export interface BuiltImage {
  readonly id: VmiId;
  /** Of what went in (recipe, files, Node, builder): the same key is never built twice. */
  readonly cacheKey: Sha256;
  /** Of what came out: the whole tree as a sorted tar. This is the digest of an image reference. */
  readonly digest: Sha256;
  /** Absolute path of the root filesystem, to be used read-only. */
  readonly rootfs: string;
  /** Length of the tree as a tar. */
  readonly sizeBytes: number;
  /** ISO 8601, UTC. */
  readonly builtAt: string;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}

export const recordName = 'image.json';

/** The image in that folder, or `undefined` when there is none. A damaged record is a `conflict`. */
export async function readBuiltImage(folder: string): Promise<BuiltImage | undefined> {
  const path = join(folder, recordName);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return { ...recordSchema.parse(JSON.parse(text)), rootfs: join(folder, 'rootfs') };
  } catch (error) {
    const message = `The record ${path} is damaged: remove ${folder} and build the image again.`;
    throw new PlatformError('conflict', message, { subject: path, cause: error });
  }
}

/** The record's text, with a fixed order of fields. */
export function printRecord(image: Omit<BuiltImage, 'rootfs'>): string {
  return `${JSON.stringify(image, null, 2)}\n`;
}
