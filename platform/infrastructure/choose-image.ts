import {
  type ImageMatch,
  type ImageRequirements,
  type MatchResult,
  matchImages,
} from '@trencadis/image-catalog';
import type { Offers } from './offers.ts';
import { vmName } from './resource-names.ts';
import type { Infrastructure } from './model.ts';

/**
 * The image for a system's VMs. The one that they run, as long as it meets the requirements and is not revoked:
 * a newer version in the catalog never replaces running VMs by itself (CAT-11). Else the best match of all.
 */
export function chooseImage(
  { id }: Pick<Infrastructure, 'id'>,
  { systemId, requirements }: { readonly systemId: string; readonly requirements: ImageRequirements },
  offers: Offers,
): { readonly best: ImageMatch | undefined; readonly result: MatchResult } {
  const digests = new Set(
    offers.vms.filter(({ name }) => isOfSystem(name, id, systemId)).map(({ image }) => image.digest),
  );
  const inUse = [...digests].flatMap((digest) =>
    (offers.imagesInUse.get(digest) ?? []).map((vmi) => ({
      ...vmi,
      artifacts: vmi.artifacts.filter((artifact) => artifact.digest === digest),
    })),
  );
  const kept = matchImages(requirements, inUse);
  const result = kept.ranked.length > 0 ? kept : offers.matchImages(requirements);
  return { best: result.ranked[0], result };
}

function isOfSystem(name: string, id: Infrastructure['id'], systemId: string): boolean {
  const number = /-(\d+)$/.exec(name)?.[1];
  return number !== undefined && name === vmName(id, systemId, Number(number));
}
