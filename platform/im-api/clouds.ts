import type { Caller } from '@trencadis/accounts';
import type { VmmOffer } from '@trencadis/vmm';
import type { VmmSites } from '@trencadis/vmm-sites';
import {
  type AuthLine,
  type AuthType,
  type CloudTable,
  type UndrivenLine,
  cloudName,
  cloudOfLine,
  namedLines,
} from '@trencadis/vmm-sites/im-lines';
import { ImRefusal } from './im-refusal.ts';

export interface CloudParts {
  readonly sites: Pick<VmmSites, 'ensure' | 'list' | 'offeredTo' | 'open'>;
  readonly clouds: CloudTable;
}

/** The VM managers of a call. */
export interface CallClouds {
  readonly offers: readonly VmmOffer[];
  /** Those lines that lead to no VM manager, by the name that a document calls them. */
  readonly undriven: ReadonlyMap<string, UndrivenCloud>;
}

interface UndrivenCloud extends UndrivenLine {
  readonly type: AuthType;
}

/** Keeps what the lines of a call bring, sealed, as the platform acts later by itself; answers what may be used. */
export async function ensureClouds(
  { sites, clouds }: CloudParts,
  {
    caller,
    lines,
    requestId,
  }: { readonly caller: Caller; readonly lines: readonly AuthLine[]; readonly requestId: string },
): Promise<CallClouds> {
  const undriven = new Map<string, UndrivenCloud>();
  // One after the other: their order is the one in which they are preferred.
  for (const { name, line } of namedLines(lines)) {
    const cloud = cloudOfLine(clouds, line);
    if ('because' in cloud) undriven.set(name, { type: line.type, ...cloud });
    else await sites.ensure(caller.owner, { name, ...cloud }, requestId);
  }
  return { offers: await sites.offeredTo(caller), undriven };
}

/** A document that deploys where there is no driver for is told so. */
export function refuseUndriven(cloudIds: readonly string[], { offers, undriven }: CallClouds): void {
  for (const id of cloudIds) {
    const cloud = undriven.get(cloudName(id));
    if (cloud === undefined || offers.some(({ name }) => name === cloudName(id))) continue;
    const message = `The document deploys on '${id}', which is of type ${cloud.type}: ${cloud.because}.`;
    throw new ImRefusal(400, message);
  }
}
