import { PlatformError } from '@trencadis/errors';
import { formatAddress, machineAddresses, parseRangeAround } from '@trencadis/ipv4';
import type { Network } from '@trencadis/vmm';

/**
 * The last address that a host may have in the network's range: VM managers give addresses from its start, so it stays
 * free until the network is full. A network that does not tell its range: `unsupported`.
 */
export function lastAddressOf({ name, subnet }: Pick<Network, 'name' | 'subnet'>): string {
  const range = parseRangeAround(subnet ?? '');
  if (range !== undefined && machineAddresses(range).count > 0)
    return formatAddress(machineAddresses(range).last);
  const message = `Network ${name} does not tell its range, so the pair of balancers needs an address: give balancer.address.`;
  throw new PlatformError('unsupported', message, { subject: name });
}
