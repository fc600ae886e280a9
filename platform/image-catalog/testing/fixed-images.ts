import type { ImageFinder } from '../image-finder.ts';
import { matchImages } from '../match.ts';
import type { Vmi } from '../model.ts';

/** Always the same images, for everybody. */
export function createFixedImages(vmis: readonly Vmi[]): ImageFinder {
  return {
    match: (_owner, requirements, options) => matchImages(requirements, vmis, options),
    withArtifact: async (_owner, digest) =>
      vmis.filter(({ artifacts }) => artifacts.some((artifact) => artifact.digest === digest)),
  };
}
