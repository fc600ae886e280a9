import { type Sha256, sha256OfJson } from '@trencadis/ids';
import type { VmiArtifact, VmiMetadata } from './model.ts';

/** SHA-256 of what a version is: where its bytes lie, and in which order its artifacts are told, plays no part. */
export function fingerprintOf(metadata: VmiMetadata, artifacts: readonly VmiArtifact[]): Sha256 {
  const parts = artifacts.map((artifact) => sha256OfJson({ ...artifact, location: '' }));
  return sha256OfJson({ metadata, artifacts: parts.toSorted() });
}
