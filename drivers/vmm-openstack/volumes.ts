import { pollUntil } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { type DiskName, parseId } from '@trencadis/ids';
import { oldestFirst } from '@trencadis/openstack-client';
import type { DiskSpec, VmDisk } from '@trencadis/vmm';
import { z } from 'zod';
import type { Cloud } from './cloud.ts';
import { notFound } from './errors.ts';

/** https://docs.openstack.org/api-ref/block-storage/v3/#volumes-volumes */
export const volumeSchema = z.object({
  id: z.string(),
  name: z.string().nullish(),
  status: z.string(),
  size: z.number(),
  created_at: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).default({}),
  attachments: z.array(z.object({ server_id: z.string().nullish() })).default([]),
});

export type Volume = z.output<typeof volumeSchema>;

const pollMs = 300;
const deadlineMs = 10 * 60_000;

export function diskOf({ size, metadata }: Volume): DiskSpec | undefined {
  const name = parseId('DiskName', metadata['trencadis_name'] ?? '');
  const tag = parseId('Tag', metadata['trencadis_tag'] ?? '');
  return name === undefined || tag === undefined ? undefined : { name, tag, sizeGiB: size };
}

/** All of the project that are ours, oldest first. */
export async function listVolumes(
  { cinder }: Cloud,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<readonly Volume[]> {
  const call = { path: '/volumes/detail', key: 'volumes', query, item: volumeSchema };
  return oldestFirst(await cinder.list(call, signal)).filter((volume) => diskOf(volume) !== undefined);
}

export async function findVolume(
  cloud: Cloud,
  name: DiskName,
  signal: AbortSignal,
): Promise<Volume | undefined> {
  const named = await listVolumes(cloud, { name }, signal);
  return named.find((volume) => diskOf(volume)?.name === name && volume.status !== 'deleting');
}

/** The volume of each disk, free or at this server. Absent: `not-found`. Another VM's: `conflict`. */
export async function volumesFor(
  cloud: Cloud,
  disks: readonly VmDisk[],
  server: { readonly id: string } | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, VmDisk>> {
  const found = await Promise.all(disks.map(({ disk }) => findVolume(cloud, disk, signal)));
  const pairs = disks.map((disk, index): [string, VmDisk] => {
    const volume = found[index];
    if (volume === undefined) throw notFound('disk', disk.disk);
    const isHere = volume.attachments.some(({ server_id: id }) => id === server?.id && id !== undefined);
    if (volume.status !== 'available' && !isHere) throw inUse(disk.disk, volume);
    return [volume.id, disk];
  });
  return new Map(pairs);
}

export function inUse(name: DiskName, { status, attachments }: Volume): PlatformError {
  const message = `The disk ${name} is ${status} at the cloud: detach it from its VM first, or wait until it is available.`;
  return new PlatformError('conflict', message, { subject: name, details: { status, attachments } });
}

/** As soon as it has that status; gone meanwhile: `undefined`. Not in time: `unavailable`. */
export async function awaitVolume(cloud: Cloud, id: string, wanted: string, signal: AbortSignal) {
  const schema = z.object({ volume: volumeSchema });
  const probe = async () => {
    const answer = await cloud.cinder.find({ path: `/volumes/${id}` }, schema, signal);
    if (answer === undefined) return { volume: undefined };
    const { volume } = answer;
    return volume.status === wanted || volume.status.startsWith('error') ? { volume } : undefined;
  };
  const found = await pollUntil(probe, { clock: cloud.clock, everyMs: pollMs, deadlineMs, signal });
  if (found !== undefined) return found.volume;
  const message = `Cinder does not say that the volume ${id} is ${wanted} after ${deadlineMs / 60_000} minutes: look at it there.`;
  throw new PlatformError('unavailable', message, { subject: id });
}
