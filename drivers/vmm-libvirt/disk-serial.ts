import { type DiskName, sha256OfText } from '@trencadis/ids';

/** virtio tells a guest 20 characters: what a longer name is cut to is told apart by a part of its digest. */
export function serialOf(disk: DiskName): string {
  return disk.length <= 20 ? disk : `${disk.slice(0, 9)}-${sha256OfText(disk).slice(0, 10)}`;
}

/** Where the guest's udev shows the disk. */
export function deviceOf(disk: DiskName): string {
  return `/dev/disk/by-id/virtio-${serialOf(disk)}`;
}
