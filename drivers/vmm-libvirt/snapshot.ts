import { pollUntil } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { newUuid } from '@trencadis/ids';
import type { SnapshotSpec } from '@trencadis/vmm';
import { type Domain, getDomain } from './domains.ts';
import type { Site } from './site.ts';
import { type ImageVolume, volumeNames } from './volume-names.ts';
import { element } from './xml.ts';

const copyDeadlineMs = 3_600_000;

/**
 * Copies a VM's root disk, with all that lies under it, into a volume of its own. A VM that runs goes on: QEMU copies the
 * disk as it was at one moment, as after a power cut. Over the copy lies an empty overlay, made last: the image.
 * Who the VM was is still in the copy; a VM made from it forgets that at its first boot (`seed.ts`).
 */
export async function snapshotVm(site: Site, spec: SnapshotSpec, signal: AbortSignal): Promise<ImageVolume> {
  const domain = await getDomain(site, spec.vm, signal);
  const { pool } = site;
  await pool.delete(await earlierCopies(site, spec.name, signal), signal);
  const id = newUuid().slice(0, 8);
  const copy = volumeNames.copy(spec.name, spec.tag, id);
  const volume = volumeNames.image(spec.name, spec.tag, id);
  try {
    const capacityBytes = await copyRoot(site, domain, copy, signal);
    await copyBootFiles(site, domain, volume, signal);
    const backing = { path: await pool.path(copy, signal), format: 'qcow2' };
    await pool.create({ name: volume, capacityBytes, format: 'qcow2', backing }, signal);
  } catch (error) {
    // Also when the signal has aborted: a copy that is cut off is of no use.
    const parts = [copy, volumeNames.kernel(volume), volumeNames.initrd(volume)];
    await pool.delete(parts, new AbortController().signal);
    throw error;
  }
  return { name: spec.name, tag: spec.tag, id, volume };
}

async function earlierCopies({ pool }: Site, name: string, signal: AbortSignal): Promise<readonly string[]> {
  const prefixes = [volumeNames.copyPrefix(name), volumeNames.imagePrefix(name)];
  const volumes = await pool.list(signal);
  return volumes.filter((volume) => prefixes.some((prefix) => volume.startsWith(prefix)));
}

async function copyRoot(site: Site, domain: Domain, copy: string, signal: AbortSignal): Promise<number> {
  const { pool } = site;
  const root = volumeNames.vm(domain.name, domain.facts.attempt, 'root');
  const found = (await pool.describe([root], signal)).get(`${pool.name}/${root}`);
  if (found === undefined) {
    const message = `The VM ${domain.name} has no root disk yet: create it again to finish it.`;
    throw new PlatformError('conflict', message, { subject: domain.name });
  }
  const spec = { name: copy, capacityBytes: found.capacityBytes, format: 'qcow2' } as const;
  if (domain.state === 'shut off') await pool.createFrom(spec, root, signal);
  else {
    await pool.create(spec, signal);
    await copyRunning(site, domain, await pool.path(copy, signal), signal);
  }
  return found.capacityBytes;
}

/** https://libvirt.org/formatbackup.html; the whole disk, pushed into the file that is there. */
async function copyRunning(site: Site, { name }: Domain, path: string, signal: AbortSignal): Promise<void> {
  const { virsh, clock } = site;
  const disk = element('disk', { name: 'vda', type: 'file', backup: 'yes' }, [
    element('driver', { type: 'qcow2' }),
    element('target', { file: path }),
  ]);
  const document = element('domainbackup', { mode: 'push' }, element('disks', {}, disk));
  await virsh.withFile(document, (file) =>
    virsh.run(['backup-begin', name, file, '--reuse-external'], { signal, timeoutMs: 120_000 }),
  );
  const ended = async () => {
    const [job = ''] = await virsh.each([['domjobinfo', name]], { signal, isInterruptible: true });
    return /Job type:\s+None/.test(job) ? true : undefined;
  };
  try {
    const done = await pollUntil(ended, { clock, everyMs: 200, deadlineMs: copyDeadlineMs, signal });
    if (done === undefined) {
      throw new PlatformError('unavailable', `The copy of ${name} is not ready after an hour.`, {
        subject: name,
      });
    }
  } catch (error) {
    await virsh.each([['domjobabort', name]], { signal: new AbortController().signal });
    throw error;
  }
  const [job = ''] = await virsh.each([['domjobinfo', name, '--completed']], {
    signal,
    isInterruptible: true,
  });
  if (/Job type:\s+Completed/.test(job)) return;
  throw new PlatformError('unavailable', `libvirt could not copy the disk of ${name}: look at its log.`, {
    subject: name,
    details: { job },
  });
}

/** A disk without a boot loader boots by the kernel beside its image, whatever the VM has installed since. */
async function copyBootFiles(
  site: Site,
  { facts }: Domain,
  volume: string,
  signal: AbortSignal,
): Promise<void> {
  if (facts.boot === undefined) return;
  const { kernel, initrd } = facts.boot;
  for (const [name, source] of [
    [volumeNames.kernel(volume), kernel],
    [volumeNames.initrd(volume), initrd],
  ] as const) {
    await site.pool.createFrom({ name, capacityBytes: 0, format: 'raw' }, source, signal);
  }
}
