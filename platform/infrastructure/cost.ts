import type { VmPrice, VmmOffer } from '@trencadis/vmm';
import type { VmSize } from './decide-placement.ts';
import type { Cost, DesiredVm } from './model.ts';

const mibPerGiB = 1024;

export function perHourOf(
  { perVmHour = 0, perCpuHour = 0, perGiBHour = 0 }: VmPrice,
  { cpuCount, memoryMiB }: VmSize,
): number {
  return perVmHour + perCpuHour * cpuCount + (perGiBHour * memoryMiB) / mibPerGiB;
}

/** What those VMs cost while they run, in the currency of the first price; `undefined` where nothing has a price. */
export function costOf(vms: readonly DesiredVm[], offers: readonly VmmOffer[]): Cost | undefined {
  const prices = new Map(offers.map(({ key, price }) => [key, price]));
  const currency = offers.find(({ price }) => price !== undefined)?.price?.currency;
  if (currency === undefined) return undefined;
  const unpriced = new Set<string>();
  let perHour = 0;
  for (const { vmm, spec, isStopped } of vms) {
    const price = prices.get(vmm);
    if (price?.currency !== currency) unpriced.add(vmm);
    else if (!isStopped) perHour += perHourOf(price, spec);
  }
  return { currency, perHour, unpriced: [...unpriced] };
}
