import { pollUntil } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { type Tag, parseId } from '@trencadis/ids';
import type { Exclusive } from '@trencadis/mutex';
import { heldByOther, invalid, oldestFirst } from '@trencadis/openstack-client';
import type { BootableImage, ImageFilter, ImageOperations, SnapshotSpec, VmImage } from '@trencadis/vmm';
import type { Cloud } from './cloud.ts';
import { notFound } from './errors.ts';
import { type GlanceImage, imageDigest, imageSchema } from './glance-images.ts';
import { commonArchitecture } from './instance-types.ts';
import { oneOfAName } from './one-of-a-name.ts';
import { atRest } from './power.ts';
import { act } from './servers.ts';

const pollMs = 500;
const deadlineMs = 60 * 60_000;

/** Images of VMs are Glance's, with our name and tag as properties. */
export function openstackImages(cloud: Cloud, exclusive: Exclusive): ImageOperations {
  return {
    snapshotVm: (spec, signal) =>
      exclusive(`image ${spec.name}`, signal, () =>
        exclusive(`vm ${spec.vm}`, signal, () => snapshot(cloud, spec, signal)),
      ),
    deleteImage: (name, signal) => exclusive(`image ${name}`, signal, () => remove(cloud, name, signal)),
    listImages: (tag, signal) =>
      exclusive(undefined, signal, async () =>
        (await ownImages(cloud, { trencadis_tag: tag }, signal)).flatMap(vmImages),
      ),
    listBootable: (filter, signal) => exclusive(undefined, signal, () => listBootable(cloud, filter, signal)),
  };
}

/** An image that somebody made of a VM that was made of ours has our properties too, and a name of its own. */
async function ownImages({ glance }: Cloud, query: Record<string, string>, signal: AbortSignal) {
  const owner = await glance.projectId(signal);
  const call = { path: '/images', key: 'images', item: imageSchema };
  const images = await glance.list({ ...call, query: { ...query, owner } }, signal);
  return oldestFirst(
    images.filter(({ name, trencadis_name: own }) => own === name && typeof own === 'string'),
  );
}

function vmImages(image: GlanceImage): readonly VmImage[] {
  const tag = parseId('Tag', image.trencadis_tag ?? '');
  // Until it is active, nothing can be booted from it, and its content has no digest.
  if (tag === undefined || typeof image.name !== 'string' || image.status !== 'active') return [];
  return [{ name: image.name, tag, location: image.id, digest: imageDigest(image) }];
}

async function snapshot(
  cloud: Cloud,
  { vm, name, tag }: SnapshotSpec,
  signal: AbortSignal,
): Promise<VmImage> {
  if (parseId('VmiId', name) === undefined)
    throw invalid(name, `'${name}' is no name of an image: write a DNS label.`);
  await refuseForeign(cloud, name, tag, signal);
  const isThere = (await ownImages(cloud, { name }, signal)).length > 0;
  const server = isThere ? undefined : (await atRest(cloud, vm, signal)).server;
  const metadata = { trencadis_name: name, trencadis_tag: tag };
  const image = await oneOfAName({
    list: () => ownImages(cloud, { name }, signal),
    create: async () => {
      if (server !== undefined) await act(cloud, server.id, { createImage: { name, metadata } }, signal);
    },
    remove: ({ id }) => cloud.glance.remove(`/images/${id}`, signal),
  });
  const [made] = vmImages(await awaitActive(cloud, image.id, name, signal));
  if (made === undefined) throw notFound('image', name);
  return made;
}

async function refuseForeign(cloud: Cloud, name: string, tag: Tag, signal: AbortSignal): Promise<void> {
  const owner = await cloud.glance.projectId(signal);
  const call = { path: '/images', key: 'images', item: imageSchema, query: { name, owner } };
  const foreign = (await cloud.glance.list(call, signal)).find((image) => image.trencadis_tag !== tag);
  if (foreign !== undefined) throw heldByOther('image', name, foreign.trencadis_tag ?? undefined);
}

async function awaitActive(
  cloud: Cloud,
  id: string,
  name: string,
  signal: AbortSignal,
): Promise<GlanceImage> {
  const probe = async () => {
    const image = await cloud.glance.find({ path: `/images/${id}` }, imageSchema, signal);
    if (image === undefined || image.status === 'killed' || image.status === 'deleted') throw failed(name);
    return image.status === 'active' ? image : undefined;
  };
  const found = await pollUntil(probe, { clock: cloud.clock, everyMs: pollMs, deadlineMs, signal });
  if (found !== undefined) return found;
  const message = `Glance does not have the content of the image ${name} after ${deadlineMs / 60_000} minutes: look at it there.`;
  throw new PlatformError('unavailable', message, { subject: name });
}

function failed(name: string): PlatformError {
  const message = `Nova gave up making the image ${name}. Try again later; if it lasts, see its VM's events at the cloud.`;
  return new PlatformError('unavailable', message, { subject: name });
}

async function remove(cloud: Cloud, name: string, signal: AbortSignal): Promise<void> {
  for (const { id } of await ownImages(cloud, { name }, signal))
    await cloud.glance.remove(`/images/${id}`, signal);
}

/** Kernels and initial RAM disks boot nothing by themselves. */
const parts: ReadonlySet<string> = new Set(['aki', 'ari']);

async function listBootable({ glance }: Cloud, { pattern }: ImageFilter, signal: AbortSignal) {
  const call = { path: '/images', key: 'images', query: { status: 'active' }, item: imageSchema };
  const images = (await glance.list(call, signal)).filter(
    ({ disk_format: format }) => !parts.has(format ?? ''),
  );
  const fits = pattern === undefined ? () => true : matcher(pattern);
  return images.filter(({ id, name }) => fits(name ?? '') || fits(id)).map(bootable);
}

function matcher(pattern: string): (text: string) => boolean {
  const texts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const expression = new RegExp(`^${texts.join('.*')}$`, 's');
  return (text) => expression.test(text);
}

function bootable(image: GlanceImage): BootableImage {
  const {
    id,
    name,
    description,
    architecture,
    hw_architecture: hardware,
    min_disk: disk,
    min_ram: memory,
  } = image;
  const processor = architecture ?? hardware;
  const system = systemOf(image);
  return {
    location: id,
    digest: imageDigest(image),
    name: name ?? id,
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof processor === 'string' ? { architecture: commonArchitecture(processor) } : {}),
    ...(system === undefined ? {} : { operatingSystem: system }),
    ...(typeof disk === 'number' && disk > 0 ? { minDiskGiB: disk } : {}),
    ...(typeof memory === 'number' && memory > 0 ? { minMemoryMiB: memory } : {}),
  };
}

/** Glance's common properties: `os_distro`, `os_version`, and `os_type` where it is not plain. */
function systemOf({
  os_distro: distro,
  os_version: version,
  os_type: type,
}: GlanceImage): BootableImage['operatingSystem'] {
  if (typeof distro !== 'string') return undefined;
  const name = type ?? (distro.startsWith('windows') ? 'windows' : 'linux');
  return { name, flavour: distro, version: version ?? '' };
}
