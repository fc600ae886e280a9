import type { Sha256 } from '@trencadis/ids';
import type { ImageCaller, ImageRequirements, MatchResult, Vmi } from './model.ts';
import type { ImageService, SearchOptions } from './service.ts';

/** What planning asks of the catalog, for the owner of what is planned. */
export interface ImageFinder {
  match(owner: string, requirements: ImageRequirements, options?: SearchOptions): MatchResult;
  /** Versions with an artifact of that digest that may still be booted: neither revoked nor deleted. */
  withArtifact(owner: string, digest: Sha256): Promise<readonly Vmi[]>;
}

/** The service as those callers see it. */
export function createImageFinder(
  service: Pick<ImageService, 'match' | 'withArtifact'>,
  callerOf: (owner: string) => ImageCaller,
): ImageFinder {
  return {
    match: (owner, requirements, options) => service.match(callerOf(owner), requirements, options),
    withArtifact: (owner, digest) => service.withArtifact(callerOf(owner), digest),
  };
}
