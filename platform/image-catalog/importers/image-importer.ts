import { type VmiId, parseId, sha256OfText } from '@trencadis/ids';
import type { Labels, VmiArtifact, VmiMetadata } from '../model.ts';

/** One version of an image as another catalog or a file describes it, with what can boot it. */
export interface ImportedImage {
  /** Proposed; the same every time that it is read. */
  readonly id: VmiId;
  /** Unique in its source. */
  readonly name: string;
  readonly description: string;
  readonly labels: Labels;
  readonly metadata: VmiMetadata;
  readonly artifacts: readonly VmiArtifact[];
  /** What the source calls this version, `20240101`. */
  readonly sourceVersion?: string;
  /** What the source leaves open or unproven, for a person. */
  readonly warnings: readonly string[];
}

/**
 * Reads images from one kind of source (CAT-12): a directory, a file or a URL. Throws `invalid-argument` with the
 * file and the place in it for what is malformed, `not-found` for what is not there, `unavailable` for a server that
 * does not answer, the signal's reason when aborted. It writes nowhere.
 */
export interface ImageImporter {
  /** `simplestreams`, `ovf`, ... */
  readonly name: string;
  read(source: string, signal: AbortSignal): AsyncIterable<ImportedImage>;
}

const longestId = 63;

/** A name as an id: `com.ubuntu.cloud:server:22.04` is `com-ubuntu-cloud-server-22-04`; cut ones end in a digest. */
export function idFromName(name: string): VmiId {
  const folded = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const whole = folded.length <= longestId ? parseId('VmiId', folded) : undefined;
  if (whole !== undefined) return whole;
  const digest = sha256OfText(name).slice(0, 8);
  return `${folded.slice(0, longestId - 9).replace(/-$/, '') || 'image'}-${digest}` as VmiId;
}
