/** Subnets of 16,384 addresses each: a network holds the largest simulated deployment. */
const subnetSize = 2 ** 14;
/** 10.0.0.0/8 first, then 240.0.0.0/4, which is reserved (RFC 1112, 4): no packet ever leaves for it. */
const ranges = [
  { first: 10 * 2 ** 24, subnets: 2 ** 10 },
  { first: 240 * 2 ** 24, subnets: 2 ** 14 },
] as const;
export const subnetCount = ranges[0].subnets + ranges[1].subnets;
/** Network, gateway and broadcast addresses are not given to VMs. */
export const hostsPerSubnet = subnetSize - 3;

function firstAddress(subnet: number): number {
  const [near, far] = ranges;
  return subnet < near.subnets
    ? near.first + subnet * subnetSize
    : far.first + (subnet - near.subnets) * subnetSize;
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

export function subnetText(subnet: number): string {
  return `${dotted(firstAddress(subnet))}/18`;
}

/** The address of host 0, 1, ... of a subnet; the first two addresses are the network's own and its gateway's. */
export function addressText(subnet: number, host: number): string {
  return dotted(firstAddress(subnet) + 2 + host);
}
