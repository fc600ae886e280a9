import { type Sha256, idPatterns, parseId, sha256OfText } from '@trencadis/ids';
import type { ImageReference } from '@trencadis/vmm';
import { z } from 'zod';
import type { Cloud } from './cloud.ts';
import { PlatformError } from '@trencadis/errors';
import { invalid } from '@trencadis/openstack-client';
import { notFound } from './errors.ts';

const word = z.string().nullish();

/** https://docs.openstack.org/api-ref/image/v2/ ; properties of one's own stand beside the others. */
export const imageSchema = z.object({
  id: z.string(),
  name: word,
  status: z.string(),
  created_at: word,
  owner: word,
  min_disk: z.number().nullish(),
  min_ram: z.number().nullish(),
  disk_format: word,
  container_format: word,
  os_hash_algo: word,
  os_hash_value: word,
  os_distro: word,
  os_version: word,
  os_type: word,
  architecture: word,
  hw_architecture: word,
  description: word,
  trencadis_tag: word,
  trencadis_name: word,
});

export type GlanceImage = z.output<typeof imageSchema>;

const uuid = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** Of the content, as Glance has hashed it (SHA-512 by default, which is hashed again); of the id, where it has not. */
export function imageDigest({ id, os_hash_algo: algorithm, os_hash_value: value }: GlanceImage): Sha256 {
  if (typeof algorithm !== 'string' || typeof value !== 'string') return sha256OfText(`glance:${id}`);
  const own = algorithm === 'sha256' ? parseId('Sha256', value) : undefined;
  return own ?? sha256OfText(`${algorithm}:${value}`);
}

/** The Glance image that a spec means, by id or by a name that only one has; checked to be what was planned with. */
export async function bootableImage(
  { glance }: Cloud,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<GlanceImage> {
  const { location } = reference;
  const byId = uuid.test(location)
    ? await glance.find({ path: `/images/${location}` }, imageSchema, signal)
    : undefined;
  const found = byId ?? (await imageOfName({ glance }, location, signal));
  if (found.status !== 'active') {
    const message = `The image ${location} cannot be booted: Glance says that it is ${found.status}.`;
    throw new PlatformError('conflict', message, { subject: location });
  }
  if (imageDigest(found) === reference.digest) return found;
  const message = `The image ${location} has other content than the one that was planned with: plan again.`;
  throw new PlatformError('conflict', message, { subject: location });
}

async function imageOfName({ glance }: Pick<Cloud, 'glance'>, name: string, signal: AbortSignal) {
  const call = { path: '/images', key: 'images', query: { name }, item: imageSchema };
  const [first, second] = await glance.list(call, signal);
  if (first === undefined) throw notFound('image', name);
  if (second === undefined) return first;
  throw invalid(name, `Several images are called ${name}: give the id of one.`);
}

/** Kept beside a VM, so that it is known of what it was made. */
export function storedReference(location: string, digest: string): ImageReference {
  const known = idPatterns.Sha256.test(digest) ? digest : sha256OfText(digest);
  return { location, digest: known as Sha256 };
}
