import { PlatformError } from '@trencadis/errors';
import { type Ipv4Range, freeParts, parseRangeAround } from './ranges.ts';

/** Of the subnet of a network that asks for none. */
const subnetLength = 24;

/** A range of which networks take their subnets. */
export interface AddressPool {
  /** As it was given, for messages. */
  readonly text: string;
  readonly range: Ipv4Range;
}

/** The pool of `whose`; `invalid-argument` unless it holds at least one /24. */
export function parsePool(text: string, whose: string): AddressPool {
  const range = parseRangeAround(text);
  if (range !== undefined && range.length <= subnetLength) return { text, range };
  throw new PlatformError(
    'invalid-argument',
    `'${text}' cannot be the address pool of ${whose}: give an IPv4 range a.b.c.d/len with len <= ${subnetLength}.`,
    { subject: text },
  );
}

/** The /24s of a pool that overlap nothing taken, in order; a smaller pool is one itself. */
export function freeSubnets(pool: Ipv4Range, taken: readonly Ipv4Range[]): Generator<Ipv4Range, undefined> {
  return freeParts(pool, Math.max(subnetLength, pool.length), taken);
}
