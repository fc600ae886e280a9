import type { Sha256, VmiId } from '@trencadis/ids';
import type { ImageRecord } from './image-record.ts';

/** Who did what to an image, for the audit log. */
export interface AuditEntry {
  readonly imageId: VmiId;
  readonly user: string;
  readonly operation: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What becomes of an image: no record, it is deleted. */
export interface Decision<Answer> {
  readonly record: ImageRecord | undefined;
  readonly answer: Answer;
}

export interface OfferChange {
  readonly imageId: string;
  /** JSON list of `ImageOffer`; empty when nothing of the image is offered. */
  readonly offers: string;
}

/** The images that the catalog keeps, and what of them is offered to searches. */
export interface CatalogStore {
  find(id: VmiId): Promise<ImageRecord | undefined>;
  /** By id, those after `after`. */
  list(page: { readonly after?: string; readonly limit: number }): Promise<readonly ImageRecord[]>;
  /** Images of which some version has an artifact with that digest. */
  withArtifact(digest: Sha256): Promise<readonly ImageRecord[]>;
  /** Images of which a version is to be deprecated or revoked by then. */
  due(at: string): Promise<readonly VmiId[]>;
  /**
   * Decides over one image while nobody else does, and keeps what was decided with the audit entry. Nothing changes
   * when the decision throws or leaves the record as it is.
   */
  change<Answer>(
    audit: AuditEntry,
    decide: (record: ImageRecord | undefined) => Decision<Answer>,
  ): Promise<Answer>;
  /** Newest first. */
  audit(id: VmiId, limit: number): Promise<readonly AuditEntry[]>;
  /** Grows with every change, in the order in which they become visible. */
  revision(): Promise<number>;
  /** What is offered of the images that changed after that revision; every image's, in portions, after 0. */
  offersSince(revision: number): AsyncIterable<readonly OfferChange[]>;
  /** Calls back soon after a change by any process; silent while the connection is lost. */
  watch(onChange: () => void): Promise<AsyncDisposable>;
}
