import { type Clock, pollUntil } from '@trencadis/clock';
import type { OpenNebulaCredentials } from './credentials.ts';
import { tooSlow } from './errors.ts';
import type { KeyedMutex } from '@trencadis/mutex';
import type { Oned } from './oned.ts';

export interface Timing {
  /** Between two looks at a state that is waited for. */
  readonly everyMs: number;
  /** How long OpenNebula may take for a change of state, before the call says `unavailable`. */
  readonly settleMs: number;
  /** How long a guest may take to power itself off, before it is cut off. */
  readonly stopMs: number;
}

/** One account of one OpenNebula. */
export interface Site {
  readonly oned: Oned;
  readonly account: OpenNebulaCredentials;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly mutex: KeyedMutex;
}

export interface Waiting {
  readonly what: string;
  readonly name: string;
  readonly signal: AbortSignal;
}

/** Looks until `probe` finds what is waited for; it notes in which state the thing is until then. */
export async function settled<Found>(
  { clock, timing }: Site,
  { what, name, signal }: Waiting,
  probe: (note: (state: string) => void) => Promise<Found | undefined>,
): Promise<Found> {
  let seen = 'changing';
  const look = () =>
    probe((state) => {
      seen = state;
    });
  const options = { clock, everyMs: timing.everyMs, deadlineMs: timing.settleMs, signal };
  const found = await pollUntil(async () => {
    const value = await look();
    return value === undefined ? undefined : { value };
  }, options);
  if (found === undefined) throw tooSlow(what, name, seen);
  return found.value;
}

/** Filters of the pools: what the user may use, and what is its own. */
export const everybodys = -2;
export const own = -3;
/** All ids. */
export const noLimit = -1;
