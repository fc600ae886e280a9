import type { VmName } from '@trencadis/ids';
import { findDomain } from './domains.ts';
import { heldByOther } from './errors.ts';
import { release } from './reservations.ts';
import type { Site } from './site.ts';
import { volumeNames } from './volume-names.ts';

/** The domain goes last: as long as anything of the VM is there, it is listed. */
export async function deleteVm(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const domain = await findDomain(site, name, signal);
  if (domain === 'foreign') throw heldByOther('VM', name, undefined);
  if (domain !== undefined) await site.virsh.each([['destroy', name]], { signal });
  // virtlogd has made further files of a console that grew long.
  await site.pool.refresh({ signal });
  const volumes = (await site.pool.list(signal)).filter((each) =>
    each.startsWith(volumeNames.vmPrefix(name)),
  );
  await site.pool.delete(volumes, signal);
  if (domain === undefined) return;
  const networks = domain.facts.interfaces.map(({ network }) => network);
  await release(site, name, networks, signal);
  await site.virsh.each(
    [['undefine', name, '--managed-save', '--snapshots-metadata', '--checkpoints-metadata']],
    {
      signal,
    },
  );
}
