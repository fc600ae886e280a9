import { isPlatformError } from '@trencadis/errors';
import type { RadlDocument } from '@trencadis/radl';
import type { BootableImage, VmmDriver, VmmOffer } from '@trencadis/vmm';
import { namedImages } from './image-by-url.ts';
import type { VmmForDeployment } from './offers.ts';
import { type Patience, askInTime, outageOf, patienceOf, planningMs } from './outage.ts';

const askingMs = planningMs / 2;

interface Places {
  readonly offers: readonly VmmOffer[];
  readonly vmms: readonly VmmForDeployment[];
}

/**
 * Each VM manager with what it tells of the images that a document names by URL: whether they are there, and the
 * digests that it will want to see again. One that cannot be asked is no candidate.
 */
export async function withNamedImages(
  { systems }: Pick<RadlDocument, 'systems'>,
  { offers, vmms }: Places,
  signal: AbortSignal,
): Promise<readonly VmmForDeployment[]> {
  const drivers = new Map(offers.map(({ key, driver }) => [key, driver]));
  const patience = patienceOf(askingMs);
  return Promise.all(
    vmms.map(async (vmm) => {
      const here = systems.flatMap((system) => namedImages(system, vmm).here);
      const locations = [...new Set(here.map(({ location }) => location))];
      const driver = drivers.get(vmm.vmm);
      const canBeAsked = vmm.outage === undefined && driver?.capabilities.imageListing === true;
      if (locations.length === 0 || !canBeAsked) return vmm;
      try {
        const ask = (location: string) => findImage(driver, location, { signal, patience });
        const found = await Promise.all(locations.map(ask));
        const known = locations.flatMap((location, at) => {
          const image = found[at];
          return image === undefined ? [] : [[location, image] as const];
        });
        return { ...vmm, named: new Map(known) };
      } catch (error) {
        const outage = outageOf(error);
        if (outage === undefined) throw error;
        return { ...vmm, outage };
      }
    }),
  );
}

async function findImage(
  driver: VmmDriver,
  location: string,
  how: { readonly signal: AbortSignal; readonly patience: Patience },
): Promise<BootableImage | undefined> {
  try {
    const images = await askInTime((until) => driver.images.listBootable({ pattern: location }, until), how);
    const byId = images.find((image) => image.location === location);
    return byId ?? images.find(({ name }) => name === location);
  } catch (error) {
    if (isPlatformError(error, 'not-found')) return undefined;
    throw error;
  }
}
