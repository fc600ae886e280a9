import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import type { DiskName } from '@trencadis/ids';
import type { Disk, DiskOperations, DiskSpec } from '@trencadis/vmm';
import { withAllocationLock } from './allocation-lock.ts';
import { run } from './command.ts';
import { heldByOther, translated } from './errors.ts';
import type { Layout } from './layout.ts';
import {
  type MachineRecord,
  listDisks,
  listMachines,
  makeDirectoryWhole,
  readDisk,
  writeRecord,
} from './records.ts';
import type { Site } from './site.ts';

const gibibyte = 2 ** 30;

/**
 * A disk is a sparse file with an ext4 file system, mounted over a loop device in the one machine that it is attached
 * to: its size is a real limit. A host without free loop devices cannot attach one (`unavailable`).
 */
export function localDisks({ layout }: Site): DiskOperations {
  const locked = <Result>(signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () => withAllocationLock(layout, signal, work));
  return {
    createDisk: (spec, signal) => locked(signal, () => makeDisk(layout, spec, signal)),
    deleteDisk: (name, signal) =>
      locked(signal, async () => {
        const user = holderOf(name, await listMachines(layout));
        if (user !== undefined) throw attached(name, user);
        await rm(layout.disk(name).directory, { recursive: true, force: true });
      }),
    listDisks: (tag, signal) =>
      translated(signal, async () => (await listDisks(layout)).filter((disk) => disk.tag === tag)),
  };
}

async function makeDisk(layout: Layout, spec: DiskSpec, signal: AbortSignal): Promise<Disk> {
  const existing = await readDisk(layout, spec.name);
  if (existing !== undefined) {
    if (existing.tag === spec.tag) return existing;
    throw heldByOther('disk', spec.name, existing.tag);
  }
  const { name, tag, sizeGiB } = spec;
  const { bavail, bsize } = await statfs(layout.directory);
  if (!(sizeGiB > 0) || sizeGiB * gibibyte > bavail * bsize)
    throw doesNotFit(spec, (bavail * bsize) / gibibyte);
  await makeDirectoryWhole(layout.disk(name).directory, async (draft) => {
    const data = join(draft, 'data.ext4');
    const file = await open(data, 'w', 0o600);
    await file.truncate(Math.ceil(sizeGiB * gibibyte));
    await file.close();
    await run('mke2fs', ['-q', '-F', '-t', 'ext4', '-m', '0', data], { signal });
    await writeRecord(join(draft, 'disk.json'), { name, tag, sizeGiB });
  });
  return { name, tag, sizeGiB };
}

function doesNotFit({ name, sizeGiB }: DiskSpec, freeGiB: number): PlatformError {
  return sizeGiB > 0
    ? new PlatformError(
        'quota-exceeded',
        `The disk ${name} needs ${sizeGiB} GiB and ${freeGiB.toFixed(1)} GiB are free: make room or ask for less.`,
        { subject: name },
      )
    : new PlatformError('invalid-argument', `The disk ${name} needs a size above 0 GiB, not ${sizeGiB}.`, {
        subject: name,
      });
}

export function holderOf(
  disk: DiskName,
  machines: readonly MachineRecord[],
): MachineRecord['spec']['name'] | undefined {
  return machines.find(({ spec }) => spec.disks.some((attachment) => attachment.disk === disk))?.spec.name;
}

export function attached(disk: DiskName, vm: string): PlatformError {
  return new PlatformError(
    'conflict',
    `The disk ${disk} is attached to the VM ${vm}: delete that VM first.`,
    {
      subject: disk,
    },
  );
}
