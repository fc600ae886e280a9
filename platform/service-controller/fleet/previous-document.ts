import { sha256OfJson } from '@trencadis/ids';
import type { GivenDocument } from '@trencadis/infrastructure';

/** A document that was brought about once. */
export interface PastDocument {
  readonly document: GivenDocument;
  /** The platform itself went back to it, as the rolling update to the one of before it failed. */
  readonly isWayBack: boolean;
}

/**
 * The latest document that is not the one in force, of all from the newest to the oldest. One that the platform itself
 * went back from is none, until it is deployed again: it never came into service whole.
 */
export async function previousDocument(
  current: GivenDocument,
  past: AsyncIterable<PastDocument>,
): Promise<GivenDocument | undefined> {
  const unwanted = new Set([digestOf(current)]);
  let goneBackTo: string | undefined;
  for await (const { document, isWayBack } of past) {
    const digest = digestOf(document);
    if (goneBackTo !== undefined && digest !== goneBackTo) unwanted.add(digest);
    if (!unwanted.has(digest)) return document;
    if (isWayBack) goneBackTo = digest;
    else if (digest !== goneBackTo) goneBackTo = undefined;
  }
  return undefined;
}

function digestOf({ radl, dialect, parameters, components = {} }: GivenDocument): string {
  return sha256OfJson([radl, dialect, parameters, components]);
}
