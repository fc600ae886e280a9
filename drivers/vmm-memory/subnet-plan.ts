/** Subnets of 16,384 addresses each: a network holds the largest simulated deployment. */
const subnetSize = 2 ** 14;
/** 10.0.0.0/8 first, then 240.0.0.0/4, which is reserved (RFC 1112, 4): no packet ever leaves for it. */
const ranges = [
  { first: 10 * 2 ** 24, subnets: 2 ** 10 },
  { first: 240 * 2 ** 24, subnets: 2 ** 14 },
] as const;
export const subnetCount = ranges[0].subnets + ranges[1].subnets;

/** An IPv4 subnet: its first address as a number, and how many addresses. */
export interface Subnet {
  readonly first: number;
  readonly size: number;
}

/** Network, gateway and broadcast addresses are not given to VMs. */
export function hostsOf({ size }: Subnet): number {
  return Math.max(0, size - 3);
}

/** The subnet 0, 1, ... of those that are given without being asked for. */
export function plannedSubnet(index: number): Subnet {
  const [near, far] = ranges;
  const first =
    index < near.subnets ? near.first + index * subnetSize : far.first + (index - near.subnets) * subnetSize;
  return { first, size: subnetSize };
}

/** `a.b.c.d/len`; `undefined` when it is not that. */
export function parseSubnet(text: string): Subnet | undefined {
  const [base = '', bits = ''] = text.split('/');
  const first = numberOf(base);
  const size = 2 ** (32 - Number(bits));
  if (first === undefined || !/^\d{1,2}$/.test(bits) || size < 1 || first % size !== 0) return undefined;
  return { first, size };
}

function numberOf(address: string): number | undefined {
  const parts = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address) ? address.split('.').map(Number) : [];
  if (parts.length !== 4 || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

export function subnetText({ first, size }: Subnet): string {
  return `${dotted(first)}/${32 - Math.log2(size)}`;
}

/** The address of host 0, 1, ... of a subnet; the first two addresses are the network's own and its gateway's. */
export function addressText({ first }: Subnet, host: number): string {
  return dotted(first + 2 + host);
}

/** The other way round; `undefined` for an address that no host of the subnet has. */
export function hostOf(subnet: Subnet, address: string): number | undefined {
  const host = (numberOf(address) ?? -1) - subnet.first - 2;
  return host >= 0 && host < hostsOf(subnet) ? host : undefined;
}

export function overlap(one: Subnet, other: Subnet): boolean {
  return one.first < other.first + other.size && other.first < one.first + one.size;
}
