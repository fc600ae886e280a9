import { PlatformError } from '@trencadis/errors';
import type { VmPrice, VmmDirectory, VmmDriver } from '@trencadis/vmm';

/** A directory of these VM managers, called as their keys, offered to everybody in this order. */
export function fixedVmms(
  drivers: ReadonlyMap<string, VmmDriver>,
  prices: Readonly<Record<string, VmPrice>> = {},
): VmmDirectory {
  return {
    offeredTo: async () =>
      [...drivers].map(([key, driver]) => {
        const price = prices[key];
        return {
          key,
          name: key,
          driver,
          places: [key.toLowerCase()],
          isOwn: false,
          ...(price ? { price } : {}),
        };
      }),
    open: async (key) => {
      const driver = drivers.get(key);
      if (driver) return driver;
      const known = [...drivers.keys()].join(', ') || 'none';
      throw new PlatformError('not-found', `There is no VM manager '${key}' here; there are: ${known}.`, {
        subject: key,
      });
    },
  };
}
