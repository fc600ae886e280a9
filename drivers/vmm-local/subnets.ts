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

/** The pool as a range; `invalid-argument` unless it holds at least one /24. */
export function parsePool(text: string): Ipv4Range {
  const pool = parseRange(text);
  if (pool !== undefined && pool.size >= networkSize) return pool;
  throw new PlatformError(
    'invalid-argument',
    `'${text}' cannot be the address pool of local networks: give an IPv4 range a.b.c.d/len with len <= 24.`,
    { subject: text },
  );
}

/** The first /24 of the pool that overlaps nothing taken. */
export function firstFreeSubnet(pool: Ipv4Range, taken: readonly Ipv4Range[]): string | undefined {
  const [first] = freeSubnets(pool, taken);
  return first === undefined ? undefined : `${ipv4Text(first)}/24`;
}

export function countFreeSubnets(pool: Ipv4Range, taken: readonly Ipv4Range[]): number {
  return [...freeSubnets(pool, taken)].length;
}

function* freeSubnets(pool: Ipv4Range, taken: readonly Ipv4Range[]): Generator<number> {
  for (let first = pool.first; first < pool.first + pool.size; first += networkSize) {
    const candidate = { first, size: networkSize };
    if (!taken.some((range) => overlap(range, candidate))) yield first;
  }
}

export function prefixLengthOf(subnet: string): number {
  return Number(subnet.split('/')[1]);
}

/** Whether a machine may have the address: the subnet's own, its gateway's and its broadcast are not given. */
export function isHostAddress(subnet: string, address: string): boolean {
  const range = parseRange(subnet);
  const number = parseIpv4(address);
  if (range === undefined || number === undefined) return false;
  return number >= range.first + 2 && number < range.first + range.size - 1;
}

/** The host's own address on a network: the subnet's first. */
export function gatewayOf(subnet: string): string {
  return ipv4Text((parseRange(subnet)?.first ?? 0) + 1);
}

/** The first address for a machine that is not taken; the subnet's own, its gateway's and its broadcast are not given. */
export function firstFreeAddress(subnet: string, taken: ReadonlySet<string>): string | undefined {
  const range = parseRange(subnet);
  if (range === undefined) return undefined;
  for (let address = range.first + 2; address < range.first + range.size - 1; address++) {
    const text = ipv4Text(address);
    if (!taken.has(text)) return text;
  }
  return undefined;
}

/** The same address always has the same hardware address, so that no neighbour's cache ever holds a wrong one. */
export function macOf(address: string): string {
  const number = parseIpv4(address) ?? 0;
  const bytes = [0x02, 0xfc, ...[24, 16, 8, 0].map((shift) => (number >>> shift) & 255)];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
