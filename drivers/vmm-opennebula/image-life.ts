import { PlatformError, isPlatformError } from '@trencadis/errors';
import { absentIsDone, vanishedThing } from './errors.ts';
import { type OneImage, imageState, readImage } from './one-image.ts';
import { type Site, settled } from './site.ts';
import { textOf } from './xml-read.ts';

export interface Named {
  readonly what: string;
  readonly name: string;
  readonly id: number;
}

/** Until OpenNebula has made it. */
export async function imageReady(site: Site, { what, name, id }: Named, signal: AbortSignal): Promise<void> {
  await settled(site, { what, name, signal }, async (note) => {
    note('being written');
    const image = await findImage(site, id, signal);
    if (image === undefined) throw vanishedThing(what, name);
    if (image.state === imageState.ERROR) throw failed({ what, name, id }, image);
    return image.state === imageState.LOCKED || image.state === imageState.INIT ? undefined : true;
  });
}

function failed({ what, name }: Named, { attributes }: OneImage): PlatformError {
  const said = textOf(attributes, 'ERROR') ?? 'it says no more';
  const message = `OpenNebula could not write the ${what} ${name}: ${said.slice(0, 400)}.`;
  return new PlatformError('unavailable', message, { subject: name });
}

/** Until it is gone. In use: `conflict`. */
export async function deleteOneImage(
  site: Site,
  { what, name, id }: Named,
  signal: AbortSignal,
): Promise<void> {
  await absentIsDone(site.oned.id('one.image.delete', [id], signal));
  await settled(site, { what, name, signal }, async (note) => {
    note('being deleted');
    return (await findImage(site, id, signal)) === undefined ? true : undefined;
  });
}

async function findImage({ oned }: Site, id: number, signal: AbortSignal): Promise<OneImage | undefined> {
  try {
    return readImage(await oned.document('one.image.info', [id], signal));
  } catch (error) {
    if (isPlatformError(error, 'not-found')) return undefined;
    throw error;
  }
}

export function inUse({ what, name }: Pick<Named, 'what' | 'name'>, vmIds: readonly number[]): PlatformError {
  const message = `The ${what} ${name} is used by the VM with number ${vmIds.join(', ')} at OpenNebula: delete it first.`;
  return new PlatformError('conflict', message, { subject: name });
}
