import { freeSubnets, parseRange, routedRanges } from '@trencadis/ipv4';
import type { VmmQuota } from '@trencadis/vmm';
import { listNetworks } from './records.ts';
import type { Site } from './site.ts';

/**
 * Networks only: the pool has so many. Machines share the host's processors, memory and disk space, which bound each of
 * them alone and not their sum.
 */
export async function localQuota({ layout, pool }: Site, signal: AbortSignal): Promise<VmmQuota> {
  const own = (await listNetworks(layout)).flatMap(({ subnet }) => parseRange(subnet) ?? []);
  const free = [...freeSubnets(pool.range, [...own, ...(await routedRanges(signal))])].length;
  return { networks: { used: own.length, limit: own.length + free } };
}
