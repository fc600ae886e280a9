import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import { type Domain, findDomain, isActive } from './domains.ts';
import { complaintOf, heldByOther } from './errors.ts';
import { listHostNetworks } from './networks.ts';
import { release } from './reservations.ts';
import type { Site } from './site.ts';
import { volumeNames } from './volume-names.ts';

/** The domain goes last: as long as anything of the VM is there, it is listed. */
export async function deleteVm(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const domain = await findDomain(site, name, signal);
  if (domain === 'foreign') throw heldByOther('VM', name, undefined);
  if (domain !== undefined && isActive(domain)) await end(site, name, signal);
  // virtlogd has made further files of a console that grew long.
  await site.pool.refresh({ signal });
  const prefix = volumeNames.vmPrefix(name);
  const volumes = (await site.pool.list(signal)).filter((each) => each.startsWith(prefix));
  await site.pool.delete(volumes, signal);
  // One that was removed behind our back has left its addresses on networks that nothing names any more.
  if (domain !== undefined || volumes.length > 0) {
    await release(site, name, await networksOf(site, domain, signal), signal);
  }
  if (domain !== undefined) await undefine(site, name, signal);
}

async function end(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  await site.virsh.each([['destroy', name]], { signal });
  const domain = await findDomain(site, name, signal);
  if (typeof domain !== 'object' || !isActive(domain)) return;
  throw new PlatformError('unavailable', `libvirt cannot end the VM ${name}: look at its host.`, {
    subject: name,
  });
}

async function networksOf(
  site: Site,
  domain: Domain | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (domain !== undefined) return domain.facts.interfaces.map(({ network }) => network);
  const all = await listHostNetworks(site, signal);
  return all.flatMap(({ name, record }) => (record === undefined ? [] : name));
}

async function undefine({ virsh }: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const words = ['--managed-save', '--snapshots-metadata', '--checkpoints-metadata'];
  try {
    await virsh.run(['undefine', name, ...words], { signal });
  } catch (error) {
    // Somebody else has done it at the same moment.
    if (!/failed to get domain|not found/.test(complaintOf(error))) throw error;
  }
}
