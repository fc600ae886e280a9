import {
  type Ipv4Range,
  formatAddress,
  isMachineAddress,
  machineAddresses,
  parseAddress,
  sizeOf,
} from '@trencadis/ipv4';

/** Subnets of 16,384 addresses each: a network holds the largest simulated deployment. */
const length = 18;
/** 10.0.0.0/8 first, then 240.0.0.0/4, which is reserved (RFC 1112, 4): no packet ever leaves for it. */
const ranges = [
  { first: 10 * 2 ** 24, subnets: 2 ** 10 },
  { first: 240 * 2 ** 24, subnets: 2 ** 14 },
] as const;
export const subnetCount = ranges[0].subnets + ranges[1].subnets;

/** The subnet 0, 1, ... of those that are given without being asked for. */
export function plannedSubnet(index: number): Ipv4Range {
  const [near, far] = ranges;
  const [range, place] = index < near.subnets ? [near, index] : [far, index - near.subnets];
  return { first: range.first + place * sizeOf({ length }), length };
}

/** The address of host 0, 1, ... of a subnet. */
export function addressText(subnet: Ipv4Range, host: number): string {
  return formatAddress(machineAddresses(subnet).first + host);
}

/** The other way round; `undefined` for an address that no host of the subnet has. */
export function hostOf(subnet: Ipv4Range, text: string): number | undefined {
  const address = parseAddress(text);
  return address !== undefined && isMachineAddress(subnet, address)
    ? address - machineAddresses(subnet).first
    : undefined;
}
