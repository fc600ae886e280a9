import { type Sha256, sha256OfText } from '@trencadis/ids';
import type { SystemImages } from './find-images.ts';
import type { DesiredConfiguration } from './model.ts';
import type { Offers } from './offers.ts';

/** What cloud-init carries out at the first boot of a VM. */
export interface UserData {
  readonly text: string;
  readonly digest: Sha256;
}

type Configurations = readonly Pick<DesiredConfiguration, 'configurator' | 'recipe'>[];

/** The cloud-init recipe among the configurations of a VM: one text, however many recipes it was made of. */
export function userDataOf(configurations: Configurations): UserData | undefined {
  const found = configurations.find(({ configurator }) => configurator === 'cloud-init');
  if (found?.recipe.kind !== 'text') return undefined;
  const { text } = found.recipe;
  return { text, digest: sha256OfText(text) };
}

/** Systems with cloud-init recipes find no image where VMs are given no user data. */
export function imagesForUserData(
  images: SystemImages,
  configurations: ReadonlyMap<string, Configurations>,
  { vmms }: Pick<Offers, 'vmms'>,
): SystemImages {
  const without = vmms.filter(({ takesUserData }) => !takesUserData);
  if (without.length === 0) return images;
  const refusals = without.map(({ vmm, name }) => {
    const because = `it is configured with cloud-init, and VM manager '${name}' gives its VMs no user data.`;
    return [vmm, { because }] as const;
  });
  return new Map(
    [...images].map(([systemId, found]) => {
      const isSeeded = configurations
        .get(systemId)
        ?.some(({ configurator }) => configurator === 'cloud-init');
      return [systemId, isSeeded ? new Map([...found, ...refusals]) : found];
    }),
  );
}
