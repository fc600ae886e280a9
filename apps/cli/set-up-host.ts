import type { ImageFormat } from '@trencadis/images';
import { buildImages, buildableImages } from './build-images.ts';
import { type HostPackageOptions, installHostPackages } from './host-packages.ts';
import { probeHost } from './probe-host.ts';
import { requireRoot } from './require-root.ts';

export interface HostSetUp extends HostPackageOptions {
  /** Of the machine images that are built; default: as local machines boot them. */
  readonly format?: ImageFormat;
}

/** Everything that the embedded default needs on a fresh host. Run again, it finds all in place within a second. */
export async function setUpHost({ format = 'rootfs', ...options }: HostSetUp): Promise<void> {
  await requireRoot();
  await installHostPackages(options);
  await probeHost();
  await buildImages(await buildableImages(), { format });
}
