/** 10.0.0.0/8 in 4096 subnets of 4096 addresses each: room for the largest simulations. */
export const subnetCount = 4096;
const subnetSize = 4096;
const base = 10 * 2 ** 24;
/** Network, gateway and broadcast addresses are not given to VMs. */
export const hostsPerSubnet = subnetSize - 3;

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

export function subnetText(subnet: number): string {
  return `${dotted(base + subnet * subnetSize)}/20`;
}

/** The address of host 0, 1, ... of a subnet; the first two addresses are the network's own and its gateway's. */
export function addressText(subnet: number, host: number): string {
  return dotted(base + subnet * subnetSize + 2 + host);
}
