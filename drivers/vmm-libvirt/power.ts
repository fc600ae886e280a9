import { pollUntil } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import { startUnlessActive } from './create-vm.ts';
import { type Domain, findDomain, getDomain, isActive, setPhase } from './domains.ts';
import type { Site } from './site.ts';

export async function startVm(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const domain = await getDomain(site, name, signal);
  if (domain.facts.hostKeys.length === 0) {
    const message = `The VM ${name} is half made: create it again to finish it, or delete it.`;
    throw new PlatformError('conflict', message, { subject: name });
  }
  // What is left of a guest that has panicked keeps its disks.
  if (domain.state === 'crashed') await site.virsh.each([['destroy', name]], { signal });
  else if (domain.state === 'paused') await site.virsh.each([['resume', name]], { signal });
  if (!isActive(domain) || domain.state === 'crashed') await startUnlessActive(site, domain, signal);
  if (domain.phase !== 'started')
    await setPhase(site, await getDomain(site, name, signal), 'started', signal);
}

export async function stopVm(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  const domain = await getDomain(site, name, signal);
  // Half-made: it is off, and asking for it again goes on making it.
  if (domain.phase === 'new' && !isActive(domain)) return;
  if (domain.phase !== 'started') await setPhase(site, domain, 'started', signal);
  if (isActive(domain)) await switchOff(site, domain, signal);
}

/** Off and on again, so that what was changed meanwhile takes effect; a guest may ignore a request to reboot. */
export async function rebootVm(site: Site, name: VmName, signal: AbortSignal): Promise<void> {
  await stopVm(site, name, signal);
  await startVm(site, name, signal);
}

/** Presses its power button, and after a while pulls the plug. */
export async function switchOff(site: Site, { name }: Domain, signal: AbortSignal): Promise<void> {
  const { virsh, clock, stopTimeoutMs } = site;
  await virsh.each([['shutdown', name, '--mode', 'acpi']], { signal });
  const isOff = async () => {
    const domain = await findDomain(site, name, signal);
    return typeof domain === 'object' && isActive(domain) ? undefined : true;
  };
  const off = await pollUntil(isOff, { clock, everyMs: 200, deadlineMs: stopTimeoutMs, signal });
  if (off === true) return;
  await virsh.each([['destroy', name]], { signal });
  if ((await isOff()) === true) return;
  throw new PlatformError('unavailable', `libvirt cannot end the VM ${name}: look at its host.`, {
    subject: name,
  });
}
