import { PlatformError } from '@trencadis/errors';
import type { DiskName } from '@trencadis/ids';
import type { Exclusive } from '@trencadis/mutex';
import { heldByOther } from '@trencadis/openstack-client';
import type { Disk, DiskOperations, DiskSpec } from '@trencadis/vmm';
import type { Cloud } from './cloud.ts';
import { oneOfAName } from './one-of-a-name.ts';
import { type Volume, awaitVolume, diskOf, inUse, listVolumes, volumeSchema } from './volumes.ts';

/** A disk is a volume of Cinder, whose metadata tell its name and tag. */
export function openstackDisks(cloud: Cloud, exclusive: Exclusive): DiskOperations {
  const checked: Exclusive = (key, signal, work) =>
    exclusive(key, signal, () =>
      cloud.options.blockStorage === false ? Promise.reject(noVolumes()) : work(),
    );
  return {
    createDisk: (spec, signal) => checked(`disk ${spec.name}`, signal, () => create(cloud, spec, signal)),
    deleteDisk: (name, signal) => checked(`disk ${name}`, signal, () => remove(cloud, name, signal)),
    listDisks: (tag, signal) =>
      checked(undefined, signal, async () => {
        const metadata = `{'trencadis_tag':'${tag}'}`;
        const disks = (await listVolumes(cloud, { metadata }, signal)).flatMap((each) => diskOf(each) ?? []);
        return disks.filter((disk) => disk.tag === tag);
      }),
  };
}

export function noVolumes(): PlatformError {
  const message =
    'This cloud is said to have no volumes (blockStorage: false), so that VMs have no data disks here.';
  return new PlatformError('unsupported', message, { subject: 'blockStorage' });
}

async function create(cloud: Cloud, spec: DiskSpec, signal: AbortSignal): Promise<Disk> {
  const { name, tag, sizeGiB } = spec;
  const metadata = { trencadis_name: name, trencadis_tag: tag };
  const body = { volume: { name, size: sizeGiB, metadata } };
  const volume = await oneOfAName({
    list: () => named(cloud, name, signal),
    create: () => cloud.cinder.accepted({ method: 'POST', path: '/volumes', body }, signal),
    remove: ({ id }) => discard(cloud, id, signal),
  });
  const known = diskOf(volume);
  if (known === undefined || known.tag !== tag) throw heldByOther('disk', name, known?.tag);
  if (volume.status === 'creating') await settle(cloud, spec, volume.id, signal);
  return known;
}

/** Those of others too. */
async function named({ cinder }: Cloud, name: DiskName, signal: AbortSignal): Promise<readonly Volume[]> {
  const call = { path: '/volumes/detail', key: 'volumes', query: { name }, item: volumeSchema };
  return (await cinder.list(call, signal)).filter(({ status }) => status !== 'deleting');
}

/** A volume that Cinder cannot place goes to `error` without a word: it is removed and there was no room. */
async function settle(
  cloud: Cloud,
  { name, sizeGiB }: DiskSpec,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const volume = await awaitVolume(cloud, id, 'available', signal);
  if (volume?.status === 'available' || volume?.status === 'in-use') return;
  await cloud.cinder.remove(`/volumes/${id}`, signal);
  await awaitVolume(cloud, id, 'gone', signal);
  const message = `Cinder found no place for the disk ${name} of ${sizeGiB} GiB. Free something or ask for a smaller one.`;
  throw new PlatformError('quota-exceeded', message, { subject: name, details: { status: volume?.status } });
}

/** One that another process made of the same name at once, and may be removing too. Cinder deletes none that is being made. */
async function discard(cloud: Cloud, id: string, signal: AbortSignal): Promise<void> {
  const volume = await awaitVolume(cloud, id, 'available', signal);
  if (volume === undefined) return;
  const call = { method: 'DELETE', path: `/volumes/${id}` } as const;
  const answer = await cloud.cinder.answer(call, signal);
  const isUnderWay = answer.status === 400 || answer.status === 404;
  if (answer.status >= 400 && !isUnderWay) throw cloud.cinder.refusal(call, answer);
  await awaitVolume(cloud, id, 'gone', signal);
}

async function remove(cloud: Cloud, name: DiskName, signal: AbortSignal): Promise<void> {
  const volumes = (await listVolumes(cloud, { name }, signal)).filter((each) => diskOf(each)?.name === name);
  for (const volume of volumes) {
    if (volume.attachments.length > 0 || claimed.has(volume.status)) throw inUse(name, volume);
    if (volume.status === 'creating') await awaitVolume(cloud, volume.id, 'available', signal);
    const path = `/volumes/${volume.id}`;
    const call = { method: 'DELETE', path } as const;
    const answer = await cloud.cinder.answer(call, signal);
    // Cinder answers 400 for a volume whose state has changed meanwhile.
    if (answer.status === 400) throw inUse(name, volume);
    if (answer.status >= 400 && answer.status !== 404) throw cloud.cinder.refusal(call, answer);
    await awaitVolume(cloud, volume.id, 'gone', signal);
  }
}

const claimed: ReadonlySet<string> = new Set(['in-use', 'attaching', 'detaching', 'reserved', 'maintenance']);
