import type { VmmQuota } from '@trencadis/vmm';
import { listNetworks } from './records.ts';
import { routedRanges } from './routes.ts';
import type { Site } from './site.ts';
import { countFreeSubnets, parseRange } from './subnets.ts';

/**
 * Networks only: the pool has so many. Machines share the host's processors, memory and disk space, which bound each of
 * them alone and not their sum.
 */
export async function localQuota({ layout, pool }: Site, signal: AbortSignal): Promise<VmmQuota> {
  const own = (await listNetworks(layout)).flatMap(({ subnet }) => parseRange(subnet) ?? []);
  const free = countFreeSubnets(pool.range, [...own, ...(await routedRanges(signal))]);
  return { networks: { used: own.length, limit: own.length + free } };
}
