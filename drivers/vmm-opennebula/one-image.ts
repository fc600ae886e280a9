import { type Sha256, type Tag, sha256OfText } from '@trencadis/ids';
import { type Kind, ownerIn, provisionalOwner } from './marks.ts';
import { type Site, everybodys, noLimit, own } from './site.ts';
import { childOf, childrenOf, idOf, idsOf, numberOf, textOf } from './xml-read.ts';
import type { XmlElement } from './xml-tree.ts';

/** STATE of an image; the locked and used ones become READY when they are let go. */
export const imageState = {
  INIT: 0,
  READY: 1,
  USED: 2,
  DISABLED: 3,
  LOCKED: 4,
  ERROR: 5,
  CLONE: 6,
  DELETE: 7,
  USED_PERS: 8,
  LOCKED_USED: 9,
  LOCKED_USED_PERS: 10,
} as const;

/** TYPE of an image. */
export const imageType = { OS: 0, CDROM: 1, DATABLOCK: 2 } as const;

export interface OneImage {
  readonly id: number;
  /** Its NAME. */
  readonly title: string;
  readonly uid: number;
  readonly type: number;
  readonly state: number;
  readonly sizeMb: number;
  readonly isPersistent: boolean;
  /** Numbers of the VMs that use it. */
  readonly vmIds: readonly number[];
  readonly attributes: XmlElement | undefined;
}

export function readImage(element: XmlElement): OneImage {
  return {
    id: idOf(element),
    title: textOf(element, 'NAME') ?? '',
    uid: numberOf(element, 'UID') ?? -1,
    type: numberOf(element, 'TYPE') ?? -1,
    state: numberOf(element, 'STATE') ?? -1,
    sizeMb: numberOf(element, 'SIZE') ?? 0,
    isPersistent: numberOf(element, 'PERSISTENT') === 1,
    vmIds: idsOf(element, 'VMS'),
    attributes: childOf(element, 'TEMPLATE'),
  };
}

export async function ownImages({ oned }: Site, signal: AbortSignal): Promise<readonly OneImage[]> {
  const pool = await oned.document('one.imagepool.info', [own, noLimit, noLimit], signal);
  return childrenOf(pool, 'IMAGE').map(readImage);
}

export async function usableImages({ oned }: Site, signal: AbortSignal): Promise<readonly OneImage[]> {
  const pool = await oned.document('one.imagepool.info', [everybodys, noLimit, noLimit], signal);
  return childrenOf(pool, 'IMAGE').map(readImage);
}

/** An image of this platform: a disk, or one that was made of a VM. */
export interface OwnedImage extends OneImage {
  readonly name: string;
  readonly tag: Tag;
  /** Saved of a VM, and not yet marked. */
  readonly isProvisional: boolean;
}

export function ownedOf(images: readonly OneImage[], kind: Kind): readonly OwnedImage[] {
  return images.flatMap((image) => {
    const marked = ownerIn(image.attributes, kind);
    const isSaved = kind === 'image' && textOf(image.attributes, 'SAVED_VM_ID') !== undefined;
    const owner = marked ?? (isSaved ? provisionalOwner(image.title) : undefined);
    return owner === undefined ? [] : [{ ...image, ...owner, isProvisional: marked === undefined }];
  });
}

/** Numbers are not given twice, so that one never stands for other content. */
export function digestOfImage(id: number): Sha256 {
  return sha256OfText(`opennebula image ${id}`);
}

export function digestOfTemplate(id: number): Sha256 {
  return sha256OfText(`opennebula template ${id}`);
}
