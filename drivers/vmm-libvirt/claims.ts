import { PlatformError } from '@trencadis/errors';
import type { VmSpec } from '@trencadis/vmm';
import { listDomains } from './domains.ts';
import { heldByOther, notFound } from './errors.ts';
import type { AttachedDisk } from './facts.ts';
import type { Site } from './site.ts';
import { parseDiskVolume } from './volume-names.ts';

/** `vda` is the root disk, `vdb` the seed. */
const targets = Array.from('cdefghijklmnopqrstuvwxyz', (letter) => `vd${letter}`);

/**
 * The disks of a spec as they are to be attached; `before`: those that the VM has already, which keep their place. A disk
 * that is not there, or that another VM has, is refused. Under the site's lock of claims.
 */
export async function planDisks(
  site: Site,
  spec: Pick<VmSpec, 'name' | 'tag' | 'disks'>,
  before: readonly AttachedDisk[],
  signal: AbortSignal,
): Promise<AttachedDisk[]> {
  if (spec.disks.length === 0) return [];
  const volumes = (await site.pool.list(signal)).flatMap((volume) => parseDiskVolume(volume) ?? []);
  const others = (await listDomains(site, signal)).filter(({ name }) => name !== spec.name);
  const used = new Set(before.map(({ target }) => target));
  const free = targets.filter((target) => !used.has(target));
  return spec.disks.map(({ disk, mountPath }) => {
    const found = volumes.find(({ name }) => name === disk);
    if (found === undefined) throw notFound('disk', disk);
    if (found.tag !== spec.tag) throw heldByOther('disk', disk, found.tag);
    const owner = others.find(({ facts }) => facts.disks.some((each) => each.disk === disk));
    if (owner !== undefined) throw attachedElsewhere(disk, owner.name);
    const target = before.find((each) => each.disk === disk)?.target ?? free.shift() ?? 'vdz';
    return { disk, mountPath, volume: found.volume, target };
  });
}

export function attachedElsewhere(disk: string, owner: string): PlatformError {
  const message = `The disk ${disk} is attached to the VM ${owner}: detach it, or delete that VM.`;
  return new PlatformError('conflict', message, { subject: disk });
}
