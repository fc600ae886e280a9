import { isPlatformError } from '@trencadis/errors';
import type { RightCheck } from '@trencadis/vmm';
import { execa } from 'execa';
import { toLibvirtError } from './errors.ts';
import type { Site } from './site.ts';
import { commandEnvironment } from './virsh.ts';

/**
 * libvirt gives a connection that may write, or none, unless polkit's access driver is on: then each of these may be
 * refused by itself. Listing is harmless, and needs the same permission class as what the driver changes.
 */
export async function libvirtRights(site: Site, signal: AbortSignal): Promise<readonly RightCheck[]> {
  const { virsh, pool } = site;
  const checks: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['connect to libvirt', () => silently(virsh.read(['uri'], signal))],
    ['list machines', () => silently(virsh.read(['list', '--all', '--title'], signal))],
    ['list networks', () => silently(virsh.read(['net-list', '--all', '--name'], signal))],
    ["read the host's size", () => silently(virsh.read(['nodememstats'], signal))],
    [`use the storage pool ${pool.name}`, () => pool.list(signal)],
    ['make seed images on the platform’s host', () => hasGenisoimage(signal)],
    ...(site.hasGuests ? [['run machines', () => accelerationOf(site, signal)] as const] : []),
  ];
  const results: RightCheck[] = [];
  for (const [right, check] of checks) results.push(await toCheck(right, check, signal));
  return results;
}

async function toCheck(
  right: string,
  check: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<RightCheck> {
  try {
    const said = await check();
    return { right, holds: true, because: typeof said === 'string' ? said : '' };
  } catch (error) {
    const known = toLibvirtError(error, signal);
    // Only what says something of rights is an answer; that nobody answers is none.
    if (!isPlatformError(known) || known.code === 'unavailable') throw known;
    return { right, holds: false, because: known.message };
  }
}

const silently = (work: Promise<string>): Promise<void> => work.then(() => undefined);

async function hasGenisoimage(signal: AbortSignal): Promise<void> {
  const options = { cancelSignal: signal, env: commandEnvironment, extendEnv: false, timeout: 10_000 };
  await execa('genisoimage', ['-version'], options);
}

async function accelerationOf(site: Site, signal: AbortSignal): Promise<string> {
  const acceleration = await site.acceleration(signal);
  return acceleration === 'kvm'
    ? 'Hardware acceleration: KVM works.'
    : 'Hardware acceleration: KVM is not there or hangs; TCG is used, which is 10 to 20 times slower.';
}
