import { PlatformError } from '@trencadis/errors';
import type { VmmQuota } from '@trencadis/vmm';
import type { HostFacts } from './domain-xml.ts';
import type { Site } from './site.ts';

const kibibyte = 1024;
const gibibyte = 2 ** 30;

/** What a domain's configuration depends on beside the VM. */
export async function hostFacts(site: Site, signal: AbortSignal): Promise<HostFacts> {
  const [acceleration, directory, [info = '']] = await Promise.all([
    site.acceleration(signal),
    site.pool.directory(signal),
    site.virsh.each([['nodeinfo']], { signal, isInterruptible: true }),
  ]);
  const [, megaHertz = '2000'] = /CPU frequency:\s+(\d+) MHz/.exec(info) ?? [];
  return { acceleration, directory, cpuKiloHertz: Number(megaHertz) * 1000 };
}

/**
 * Memory is what this driver holds to: all domains of the host together, those that are off and those of others too, get
 * no more than it has. Processors are shared, and counted by nobody. Space of the pool is the file system's: disks grow
 * as they are written.
 */
export async function readQuota(site: Site, signal: AbortSignal): Promise<VmmQuota> {
  await site.pool.directory(signal);
  const commands = [['nodememstats'], ['domstats', '--balloon'], ['pool-info', '--bytes', site.pool.name]];
  const [memory = '', domains = '', pool = ''] = await site.virsh.each(commands, {
    signal,
    isInterruptible: true,
  });
  const limitMiB = Math.floor(number(/total\s*:\s+(\d+) KiB/, memory) / kibibyte);
  const usedMiB = [...domains.matchAll(/balloon\.maximum=(\d+)/g)].reduce(
    (sum, [, size = '0']) => sum + Math.round(Number(size) / kibibyte),
    0,
  );
  const space = { used: number(/Allocation:\s+(\d+)/, pool), limit: number(/Capacity:\s+(\d+)/, pool) };
  return {
    // Others may have given away more than there is.
    ...(limitMiB === 0 ? {} : { memoryMiB: { used: Math.min(usedMiB, limitMiB), limit: limitMiB } }),
    ...(space.limit === 0
      ? {}
      : { diskGiB: { used: Math.floor(space.used / gibibyte), limit: Math.floor(space.limit / gibibyte) } }),
  };
}

const number = (pattern: RegExp, text: string) => Number(pattern.exec(text)?.[1] ?? 0);

/** Refuses what is more than the host has left. */
export async function checkRoom(
  site: Site,
  wanted: { readonly name: string; readonly memoryMiB?: number; readonly diskGiB?: number },
  signal: AbortSignal,
): Promise<void> {
  const quota = await readQuota(site, signal);
  for (const [unit, more] of [
    ['memoryMiB', wanted.memoryMiB ?? 0],
    ['diskGiB', wanted.diskGiB ?? 0],
  ] as const) {
    const use = quota[unit];
    if (use === undefined || more <= 0 || use.used + more <= use.limit) continue;
    throw new PlatformError(
      'quota-exceeded',
      `${wanted.name} needs ${more} of ${unit}, and libvirt's host has ${use.limit - use.used} of ${use.limit} left: delete something, or ask for less.`,
      { subject: wanted.name },
    );
  }
}
