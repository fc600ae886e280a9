import { PlatformError } from '@trencadis/errors';
import type { InstanceType, VmmCapabilities, VmmOperation } from '@trencadis/vmm';
import type { MemoryQuota, MemoryVmmWorld } from './memory-vmm-world.ts';

/** What the operations of one driver share. */
export interface Site {
  readonly world: MemoryVmmWorld;
  readonly quota: MemoryQuota;
  readonly bootMs: number;
  readonly capabilities: VmmCapabilities;
  readonly instanceTypes: readonly InstanceType[];
  readonly zones: readonly string[];
  /** The site's own, by name. */
  readonly providerNetworks: readonly string[];
  /** Milliseconds of the clock. */
  readonly now: () => number;
}

/** One call at the site: waits for its latency, then acts in one go. */
export type Call = <Result>(
  operation: VmmOperation,
  signal: AbortSignal,
  act: () => Result,
) => Promise<Result>;

export function noRoom(what: string, limit: number): PlatformError {
  return new PlatformError(
    'quota-exceeded',
    `The simulated site has no room: its quota of ${what} is ${limit}. Delete some or raise the quota.`,
  );
}

export function isAttached(disk: string, vm: string): PlatformError {
  return new PlatformError('conflict', `The disk ${disk} is attached to the VM ${vm}.`, { subject: disk });
}

/** The answer for a name that is held already: the thing itself under the same tag, else `conflict`. */
export function sameOwner<Thing extends { readonly name: string; readonly tag: string }>(
  existing: Thing,
  tag: string,
): Thing {
  if (existing.tag === tag) return existing;
  throw new PlatformError('conflict', `The name ${existing.name} is held under another tag.`, {
    subject: existing.name,
  });
}
