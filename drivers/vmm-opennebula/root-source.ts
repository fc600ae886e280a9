import { isPlatformError } from '@trencadis/errors';
import type { VmSpec } from '@trencadis/vmm';
import { invalid, notFound } from './errors.ts';
import { named } from './make-network.ts';
import { type OneImage, imageState, imageType, readImage, usableImages } from './one-image.ts';
import { type Site, everybodys, noLimit } from './site.ts';
import { childOf, childrenOf, idOf } from './xml-read.ts';
import type { XmlElement } from './xml-tree.ts';

/** What a VM is made from. */
export type RootSource =
  | { readonly kind: 'image'; readonly id: number }
  | { readonly kind: 'template'; readonly id: number; readonly template: XmlElement | undefined };

/**
 * An image's location: its number or name, `image:` before it or not; `one://HOST/NUMBER`, as the Infrastructure
 * Manager has it; `template:` and the number or name of a VM template.
 */
export async function rootSourceOf(site: Site, spec: VmSpec, signal: AbortSignal): Promise<RootSource> {
  const { location } = spec.image;
  const [, template] = /^template:(.+)$/.exec(location) ?? [];
  if (template !== undefined) return templateNamed(site, template, signal);
  const image = await imageNamed(site, location.replace(/^(?:one:\/\/[^/]*\/|image:)/, ''), signal);
  refuseUnbootable(spec, image);
  return { kind: 'image', id: image.id };
}

async function imageNamed(site: Site, text: string, signal: AbortSignal): Promise<OneImage> {
  const byId = /^\d{1,9}$/.test(text) ? await imageNumbered(site, Number(text), signal) : undefined;
  const image = byId ?? (await usableImages(site, signal)).find(({ title }) => title === text);
  if (image === undefined) throw notFound('image', text);
  return image;
}

async function imageNumbered(site: Site, id: number, signal: AbortSignal): Promise<OneImage | undefined> {
  try {
    return readImage(await site.oned.document('one.image.info', [id], signal));
  } catch (error) {
    if (isPlatformError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** A persistent image is not copied: the VM would write into it. */
function refuseUnbootable(spec: VmSpec, { title, type, state, isPersistent }: OneImage): void {
  const problems: readonly (readonly [boolean, string])[] = [
    [type !== imageType.OS, `its image ${title} is not of type OS`],
    [
      isPersistent,
      `its image ${title} is persistent, so that VMs would write into it: make it non-persistent`,
    ],
    [state === imageState.DISABLED || state === imageState.ERROR, `its image ${title} is disabled or broken`],
  ];
  const found = problems.find(([isSo]) => isSo);
  if (found !== undefined) throw invalid('VM', spec.name, found[1]);
}

async function templateNamed(site: Site, text: string, signal: AbortSignal): Promise<RootSource> {
  const pool = await site.oned.document('one.templatepool.info', [everybodys, noLimit, noLimit], signal);
  const found = named(childrenOf(pool, 'VMTEMPLATE'), text);
  if (found === undefined) throw notFound('VM template', text);
  return { kind: 'template', id: idOf(found), template: childOf(found, 'TEMPLATE') };
}
