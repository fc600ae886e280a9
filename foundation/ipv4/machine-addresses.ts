import { formatAddress } from './addresses.ts';
import { type Ipv4Range, sizeOf } from './ranges.ts';

/** The address of the gateway of a network with that range. */
export function gatewayOf({ first }: Ipv4Range): string {
  return formatAddress(first + 1);
}

/** Those that machines may have: all but the range's own, the gateway's and the last one, for broadcast. */
export function machineAddresses(range: Ipv4Range): {
  readonly first: number;
  readonly last: number;
  readonly count: number;
} {
  const size = sizeOf(range);
  return { first: range.first + 2, last: range.first + size - 2, count: Math.max(0, size - 3) };
}

export function isMachineAddress(range: Ipv4Range, address: number | undefined): boolean {
  const { first, last } = machineAddresses(range);
  return address !== undefined && address >= first && address <= last;
}

/** Those for machines that are not taken, in order. */
export function* freeAddresses(range: Ipv4Range, taken: ReadonlySet<string>): Generator<string, undefined> {
  const { first, last } = machineAddresses(range);
  for (let address = first; address <= last; address += 1) {
    const text = formatAddress(address);
    if (!taken.has(text)) yield text;
  }
}
