/** An IPv4 subnet: its first address as a number, and the length of its prefix. */
export interface Subnet {
  readonly base: number;
  readonly length: number;
}

const sizeOf = (length: number): number => 2 ** (32 - length);

/** `a.b.c.d` as a number; no address: `undefined`. */
export function parseAddress(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  return parts.some((part) => part > 255) ? undefined : parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** `a.b.c.d/len`, without bits beside the prefix; no such subnet: `undefined`. */
export function parseSubnet(text: string): Subnet | undefined {
  const [head = '', tail = '', ...rest] = text.split('/');
  const base = parseAddress(head);
  const length = /^\d{1,2}$/.test(tail) ? Number(tail) : 33;
  if (base === undefined || length > 32 || rest.length > 0) return undefined;
  return base % sizeOf(length) === 0 ? { base, length } : undefined;
}

export function subnetText({ base, length }: Subnet): string {
  return `${addressText(base)}/${length}`;
}

export function maskText(length: number): string {
  return addressText(2 ** 32 - sizeOf(length));
}

/** `255.255.255.0`: 24. */
export function lengthOfMask(mask: string): number | undefined {
  const lengths = Array.from({ length: 33 }, (_, length) => length);
  return lengths.find((length) => maskText(length) === mask);
}

export function overlap(one: Subnet, other: Subnet): boolean {
  return one.base < other.base + sizeOf(other.length) && other.base < one.base + sizeOf(one.length);
}

export function contains(subnet: Subnet, address: number): boolean {
  return address >= subnet.base && address < subnet.base + sizeOf(subnet.length);
}

/** The smallest subnet that has both addresses. */
export function spanning(first: number, last: number): Subnet {
  let length = 32;
  while (length > 0 && Math.floor(first / sizeOf(length)) !== Math.floor(last / sizeOf(length))) length -= 1;
  return { base: Math.floor(first / sizeOf(length)) * sizeOf(length), length };
}

const plannedLength = 24;

/** The first /24 of the pool that overlaps none of those; none left: `undefined`. */
export function freeSubnet(pool: Subnet, taken: readonly Subnet[]): Subnet | undefined {
  const count = Math.max(1, 2 ** (plannedLength - pool.length));
  for (let index = 0; index < count; index += 1) {
    const subnet = { base: pool.base + index * sizeOf(plannedLength), length: plannedLength };
    if (taken.every((each) => !overlap(each, subnet))) return subnet;
  }
  return undefined;
}

/** The first address is the gateway's; the range of VMs goes to the one before broadcast. */
export function hostsOf({ base, length }: Subnet): { readonly first: number; readonly count: number } {
  return { first: base + 2, count: sizeOf(length) - 3 };
}
