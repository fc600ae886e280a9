import type { DiskName, Sha256, Tag, VmName } from '@trencadis/ids';
import { brandId } from '@trencadis/ids';

/**
 * libvirt's volumes have no place for facts of ours, so that their names hold them. Names, tags and ids are DNS labels,
 * without dots.
 */
export const volumeNames = {
  /** Base images: a cache, filled when an image is first used, named by content. */
  base: (digest: Sha256) => `trencadis.base.${digest}`,
  /** Empty; says that all of a base image is there. */
  baseIsComplete: (digest: Sha256) => `trencadis.base.${digest}.complete`,
  /** Beside any bootable volume: what is booted directly. */
  kernel: (volume: string) => `${volume}.vmlinuz`,
  initrd: (volume: string) => `${volume}.initrd.img`,
  /** Everything of a VM that goes when it goes; `attempt` keeps two that make the same VM apart. */
  vmPrefix: (vm: VmName) => `trencadis.vm.${vm}.`,
  vm: (vm: VmName, attempt: string, part: 'root' | 'seed' | 'console') =>
    `trencadis.vm.${vm}.${attempt}.${part}`,
  disk: (disk: { readonly name: DiskName; readonly tag: Tag; readonly sizeGiB: number }) =>
    `trencadis.disk.${disk.name}.${disk.tag}.${disk.sizeGiB}`,
  /** The content of an image that is being made, or has been. */
  copyPrefix: (image: string) => `trencadis.copy.${image}.`,
  copy: (image: string, tag: Tag, id: string) => `trencadis.copy.${image}.${tag}.${id}`,
  /** An overlay over the copy, made last: an image that is listed is complete. */
  imagePrefix: (image: string) => `trencadis.image.${image}.`,
  image: (image: string, tag: Tag, id: string) => `trencadis.image.${image}.${tag}.${id}`,
} as const;

export const ownPrefix = 'trencadis.';

export interface DiskVolume {
  readonly name: DiskName;
  readonly tag: Tag;
  readonly sizeGiB: number;
  readonly volume: string;
}

export function parseDiskVolume(volume: string): DiskVolume | undefined {
  const match = /^trencadis\.disk\.([^.]+)\.([^.]+)\.(\d+)$/.exec(volume);
  if (match === null) return undefined;
  const [, name = '', tag = '', size = ''] = match;
  return { name: brandId('DiskName', name), tag: brandId('Tag', tag), sizeGiB: Number(size), volume };
}

export interface ImageVolume {
  readonly name: string;
  readonly tag: Tag;
  readonly id: string;
  readonly volume: string;
}

export function parseImageVolume(volume: string): ImageVolume | undefined {
  const match = /^trencadis\.image\.([^.]+)\.([^.]+)\.([^.]+)$/.exec(volume);
  if (match === null) return undefined;
  const [, name = '', tag = '', id = ''] = match;
  return { name, tag: brandId('Tag', tag), id, volume };
}
