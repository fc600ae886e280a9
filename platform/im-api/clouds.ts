import type { Caller } from '@trencadis/accounts';
import type { VmmDirectory, VmmOffer } from '@trencadis/vmm';
import type { AuthLine, AuthType, CallCredentials, VmmSites } from '@trencadis/vmm-sites';
import { ImRefusal } from './im-refusal.ts';

/** What a line becomes at the platform. */
export type CloudOfLine = Omit<CallCredentials, 'name'>;

/**
 * How lines of IM's types become VM managers of products that the platform has a driver for. `undefined`: this line
 * leads to none.
 */
export type CloudTable = Readonly<Partial<Record<AuthType, (line: AuthLine) => CloudOfLine | undefined>>>;

export interface CloudParts {
  readonly sites: Pick<VmmSites, 'ensure' | 'list'> & Pick<VmmDirectory, 'offeredTo' | 'open'>;
  readonly clouds: CloudTable;
}

/** The VM managers of a call. */
export interface CallClouds {
  readonly offers: readonly VmmOffer[];
  /** IM's type of those lines that there is no driver for, by the name that a document calls them. */
  readonly undriven: ReadonlyMap<string, AuthType>;
}

/** IM takes any id that begins with a letter; names of VM managers are in lower case with `-`. */
export function cloudName(id: string): string {
  return id
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 63);
}

/** `Dummy` for a line without an id, `Dummy-2` for the second one. */
export function namedLines(
  lines: readonly AuthLine[],
): readonly { readonly name: string; readonly line: AuthLine }[] {
  const seen = new Map<AuthType, number>();
  return lines.map((line) => {
    if (line.id !== undefined) return { name: cloudName(line.id), line };
    const count = (seen.get(line.type) ?? 0) + 1;
    seen.set(line.type, count);
    return { name: cloudName(count === 1 ? line.type : `${line.type}-${count}`), line };
  });
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
  const undriven = new Map<string, AuthType>();
  // One after the other: their order is the one in which they are preferred.
  for (const { name, line } of namedLines(lines)) {
    const cloud = clouds[line.type]?.(line);
    if (cloud === undefined) undriven.set(name, line.type);
    else await sites.ensure(caller.owner, { name, ...cloud }, requestId);
  }
  return { offers: await sites.offeredTo(caller), undriven };
}

/** A document that deploys where there is no driver for is told so. */
export function refuseUndriven(cloudIds: readonly string[], { offers, undriven }: CallClouds): void {
  for (const id of cloudIds) {
    const type = undriven.get(cloudName(id));
    if (type === undefined || offers.some(({ name }) => name === cloudName(id))) continue;
    const message = `The document deploys on '${id}', which is of type ${type}: this platform has no driver for that type.`;
    throw new ImRefusal(400, message);
  }
}
