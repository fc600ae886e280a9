import {
  type ImageMatch,
  type ImageRequirements,
  type MatchResult,
  type Vmi,
  matchImages,
} from '@trencadis/image-catalog';
import type { Sha256 } from '@trencadis/ids';
import type { Offers } from './offers.ts';
import { vmName } from './resource-names.ts';
import type { Infrastructure } from './model.ts';

/**
 * The image for a system's VMs. The one that they run, else the one that was deployed last, as long as it meets the
 * requirements and is not revoked: a newer version in the catalog never replaces it by itself (CAT-11). Else the best
 * match of all.
 */
export function chooseImage(
  { id }: Pick<Infrastructure, 'id'>,
  { systemId, requirements }: { readonly systemId: string; readonly requirements: ImageRequirements },
  offers: Offers,
): { readonly best: ImageMatch | undefined; readonly result: MatchResult } {
  const running = offers.vms.filter(({ name }) => isOfSystem(name, id, systemId));
  const pinned = offers.pinned.get(systemId);
  const kept = [running.map(({ image }) => image.digest), pinned === undefined ? [] : [pinned]]
    .map((digests) => matchImages(requirements, imagesWith(new Set(digests), offers)))
    .find(({ ranked }) => ranked.length > 0);
  const result = kept ?? offers.matchImages(requirements);
  return { best: result.ranked[0], result };
}

/** With those artifacts only. */
function imagesWith(digests: ReadonlySet<Sha256>, { imagesInUse }: Offers): readonly Vmi[] {
  return [...digests].flatMap((digest) =>
    (imagesInUse.get(digest) ?? []).map((vmi) => ({
      ...vmi,
      artifacts: vmi.artifacts.filter((artifact) => artifact.digest === digest),
    })),
  );
}

function isOfSystem(name: string, id: Infrastructure['id'], systemId: string): boolean {
  const number = /-(\d+)$/.exec(name)?.[1];
  return number !== undefined && name === vmName(id, systemId, Number(number));
}
