import { PlatformError } from '@trencadis/errors';
import { formatAddress, parseAddress } from './addresses.ts';

/** A range of IPv4 addresses (RFC 4632): its first one as a number, and the length of its prefix, 0 to 32. */
export interface Ipv4Range {
  readonly first: number;
  readonly length: number;
}

/** `a.b.c.d/len` with no bits beside the prefix; anything else: `undefined`. */
export function parseRange(text: string): Ipv4Range | undefined {
  const range = parseRangeAround(text);
  return range !== undefined && text === formatRange(range) ? range : undefined;
}

/** `a.b.c.d/len`, where `a.b.c.d` may be any address of the range; anything else: `undefined`. */
export function parseRangeAround(text: string): Ipv4Range | undefined {
  const [, base = '', length] = /^(.*)\/(\d|[12]\d|3[0-2])$/.exec(text) ?? [];
  const address = parseAddress(base);
  return address === undefined ? undefined : enclosing(address, Number(length));
}

/** Of a text that is known to be one, as of a record of ours; throws `internal` where it is none. */
export function rangeOf(text: string): Ipv4Range {
  const range = parseRange(text);
  if (range !== undefined) return range;
  throw new PlatformError('internal', `'${text}' is no IPv4 range.`, { subject: text });
}

export function formatRange({ first, length }: Ipv4Range): string {
  return `${formatAddress(first)}/${length}`;
}

/** How many addresses it has. */
export function sizeOf({ length }: Pick<Ipv4Range, 'length'>): number {
  return 2 ** (32 - length);
}

export function overlap(one: Ipv4Range, other: Ipv4Range): boolean {
  return one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);
}

/** What is no address is in no range. */
export function contains(range: Ipv4Range, address: number | undefined): boolean {
  return address !== undefined && address >= range.first && address < range.first + sizeOf(range);
}

/** The range of that length in which an address lies. */
export function enclosing(address: number, length: number): Ipv4Range {
  return { first: address - (address % sizeOf({ length })), length };
}

/** The smallest range that has both addresses. */
export function spanning(one: number, other: number): Ipv4Range {
  let length = 32;
  while (!contains(enclosing(one, length), other)) length -= 1;
  return enclosing(one, length);
}

/** The parts of a range with the longer prefix `length` that overlap none of `taken`, in order. */
export function* freeParts(
  range: Ipv4Range,
  length: number,
  taken: readonly Ipv4Range[],
): Generator<Ipv4Range, undefined> {
  if (length < range.length) return;
  for (let { first } = range; contains(range, first); first += sizeOf({ length })) {
    const part = { first, length };
    if (!taken.some((each) => overlap(each, part))) yield part;
  }
}
