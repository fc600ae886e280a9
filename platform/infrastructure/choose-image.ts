import {
  type ImageMatch,
  type ImageRequirements,
  type MatchResult,
  type Vmi,
  matchImages,
} from '@trencadis/image-catalog';
import type { Sha256 } from '@trencadis/ids';
import { type Offers, pinOf } from './offers.ts';

export interface ImageQuestion {
  readonly systemId: string;
  /** Key of the VM manager. */
  readonly vmm: string;
  readonly requirements: ImageRequirements;
  /** Of the VMs of that system that are there, at that VM manager. */
  readonly running: readonly Sha256[];
}

/**
 * The image for a system's VMs. The one that they run, else the one that was deployed last, as long as it meets the
 * requirements and is not revoked: a newer version in the catalog never replaces it by itself (CAT-11). Else the best
 * match of all.
 */
export function chooseImage(
  { systemId, vmm, requirements, running }: ImageQuestion,
  offers: Pick<Offers, 'pinned' | 'imagesInUse' | 'matchImages'>,
): { readonly best: ImageMatch | undefined; readonly result: MatchResult } {
  const pinned = offers.pinned.get(pinOf(systemId, vmm));
  const kept = [running, pinned === undefined ? [] : [pinned]]
    .map((digests) => matchImages(requirements, imagesWith(new Set(digests), offers)))
    .find(({ ranked }) => ranked.length > 0);
  const result = kept ?? offers.matchImages(requirements);
  return { best: result.ranked[0], result };
}

/** With those artifacts only. */
function imagesWith(
  digests: ReadonlySet<Sha256>,
  { imagesInUse }: Pick<Offers, 'imagesInUse'>,
): readonly Vmi[] {
  return [...digests].flatMap((digest) =>
    (imagesInUse.get(digest) ?? []).map((vmi) => ({
      ...vmi,
      artifacts: vmi.artifacts.filter((artifact) => artifact.digest === digest),
    })),
  );
}
