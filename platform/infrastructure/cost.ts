import type { VmPrice, VmmOffer } from '@trencadis/vmm';
import type { VmSize } from './decide-placement.ts';
import type { Cost, DesiredVm, HourlyPrice } from './model.ts';

const mibPerGiB = 1024;

export function perHourOf(
  { perVmHour = 0, perCpuHour = 0, perGiBHour = 0 }: VmPrice,
  { cpuCount, memoryMiB }: VmSize,
): number {
  return perVmHour + perCpuHour * cpuCount + (perGiBHour * memoryMiB) / mibPerGiB;
}

/** Of its instance type, else of its size. */
function priceOf({ typeChoice, spec }: DesiredVm, price: VmPrice | undefined): HourlyPrice | undefined {
  if (typeChoice?.price) return typeChoice.price;
  return price && { currency: price.currency, perHour: perHourOf(price, spec) };
}

/** What those VMs cost while they run, in the currency of the first price; `undefined` where nothing has a price. */
export function costOf(vms: readonly DesiredVm[], offers: readonly VmmOffer[]): Cost | undefined {
  const offered = new Map(offers.map(({ key, price }) => [key, price]));
  const priced = vms.map((vm) => ({ vm, price: priceOf(vm, offered.get(vm.vmm)) }));
  const known = [...priced, ...offers].flatMap(({ price }) => price ?? []);
  const currency = known[0]?.currency;
  if (currency === undefined) return undefined;
  const unpriced = new Set<string>();
  let perHour = 0;
  for (const { vm, price } of priced) {
    if (price?.currency !== currency) unpriced.add(vm.vmm);
    else if (!vm.isStopped) perHour += price.perHour;
  }
  return { currency, perHour, unpriced: [...unpriced] };
}
