import { PlatformError } from '@trencadis/errors';

/** An IPv4 range: first address as a number, and how many addresses. */
export interface Ipv4Range {
  readonly first: number;
  readonly size: number;
}

const networkSize = 256;

export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  const isAddress =
    parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part < 256);
  return isAddress ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}

export function ipv4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** `a.b.c.d/len`, or one address; `undefined` when it is neither. */
export function parseRange(text: string): Ipv4Range | undefined {
  const [base = '', length = '32'] = text.split('/');
  const address = parseIpv4(base);
  const bits = Number(length);
  if (address === undefined || !Number.isInteger(bits) || bits < 0 || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  return { first: address - (address % size), size };
}

export function overlap(a: Ipv4Range, b: Ipv4Range): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size;
}

export function isInside(address: string, range: Ipv4Range): boolean {
  const number = parseIpv4(address);
  return number !== undefined && number >= range.first && number < range.first + range.size;
}

/** The pool as a range; `invalid-argument` unless it holds at least one /24. */
export function parsePool(text: string): Ipv4Range {
  const pool = parseRange(text);
  if (pool !== undefined && pool.size >= networkSize) return pool;
  throw new PlatformError(
    'invalid-argument',
    `'${text}' cannot be the address pool of libvirt's networks: give an IPv4 range a.b.c.d/len with len <= 24.`,
    { subject: text },
  );
}

/** The /24s of the pool that overlap nothing taken, in order. */
export function* freeSubnets(pool: Ipv4Range, taken: readonly Ipv4Range[]): Generator<string> {
  for (let first = pool.first; first < pool.first + pool.size; first += networkSize) {
    const candidate = { first, size: networkSize };
    if (!taken.some((range) => overlap(range, candidate))) yield `${ipv4Text(first)}/24`;
  }
}

/** The host's own address on a network: the subnet's first. */
export function gatewayOf(subnet: string): string {
  return ipv4Text((parseRange(subnet)?.first ?? 0) + 1);
}

export function netmaskOf(subnet: string): string {
  return ipv4Text(2 ** 32 - (parseRange(subnet)?.size ?? 1));
}

/** The prefix length of a netmask in dotted form. */
export function prefixOf(netmask: string): number {
  return 32 - Math.log2(2 ** 32 - (parseIpv4(netmask) ?? 0));
}

/** Of the addresses that VMs may have: all but the subnet's own, the host's and the broadcast one. */
export function machineAddresses(subnet: string): { readonly first: string; readonly last: string } {
  const { first, size } = parseRange(subnet) ?? { first: 0, size: 4 };
  return { first: ipv4Text(first + 2), last: ipv4Text(first + size - 2) };
}

/** The addresses for VMs that are not taken, in order. */
export function* freeAddresses(subnet: string, taken: ReadonlySet<string>): Generator<string> {
  const { first, size } = parseRange(subnet) ?? { first: 0, size: 0 };
  for (let address = first + 2; address < first + size - 1; address++) {
    const text = ipv4Text(address);
    if (!taken.has(text)) yield text;
  }
}

/**
 * The same address always has the same hardware address, so that no neighbour's cache and no lease of a VM that is gone
 * ever holds a wrong one. `52:54` is QEMU's usual beginning of locally administered addresses.
 */
export function macOf(address: string): string {
  const number = parseIpv4(address) ?? 0;
  const bytes = [0x52, 0x54, ...[24, 16, 8, 0].map((shift) => (number >>> shift) & 255)];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
