import { joinUserData, maxUserDataBytes, splitUserData } from '@trencadis/contextualization';
import { type Sha256, sha256OfText } from '@trencadis/ids';
import type { SystemImages } from './find-images.ts';
import type { DesiredConfiguration } from './model.ts';
import type { Offers } from './offers.ts';

/** What cloud-init carries out at the first boot of a VM. */
export interface UserData {
  readonly text: string;
  readonly digest: Sha256;
}

type Recipes = readonly Pick<DesiredConfiguration, 'configurator' | 'recipe'>[];

/** All cloud-init recipes of a VM, whatever their step: they are there before any step begins. */
export function userDataOf(configurations: Recipes): UserData | undefined {
  const recipes = configurations.flatMap(({ configurator, recipe }) =>
    configurator === 'cloud-init' && recipe.kind === 'text' ? splitUserData(recipe.text) : [],
  );
  if (recipes.length === 0) return undefined;
  const text = joinUserData(recipes);
  return { text, digest: sha256OfText(text) };
}

/** Why that much user data is not possible. */
export function userDataProblem(systemId: string, { text }: UserData): string | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxUserDataBytes) return undefined;
  return `The cloud-init recipes of ${systemId} have ${bytes} bytes together, and VM managers take ${maxUserDataBytes} bytes of user data.`;
}

/** Systems with cloud-init recipes find no image where VMs are given no user data. */
export function imagesForUserData(
  images: SystemImages,
  systemIds: ReadonlySet<string>,
  { vmms }: Pick<Offers, 'vmms'>,
): SystemImages {
  const without = vmms.filter(({ takesUserData }) => !takesUserData);
  if (systemIds.size === 0 || without.length === 0) return images;
  const refusals = without.map(({ vmm, name }) => {
    const because = `it is configured with cloud-init, and VM manager '${name}' gives its VMs no user data.`;
    return [vmm, { because }] as const;
  });
  return new Map(
    [...images].map(([systemId, found]) => [
      systemId,
      systemIds.has(systemId) ? new Map([...found, ...refusals]) : found,
    ]),
  );
}
