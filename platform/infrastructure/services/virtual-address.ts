import { PlatformError } from '@trencadis/errors';
import type { Network } from '@trencadis/vmm';

const octetCount = 4;

/**
 * The last address that a host may have in the network's range: VM managers give addresses from its start, so it stays
 * free until the network is full. A network that does not tell its range: `unsupported`.
 */
export function lastAddressOf({ name, subnet }: Pick<Network, 'name' | 'subnet'>): string {
  const [, base, bits] = /^(\d+(?:\.\d+){3})\/(\d+)$/.exec(subnet ?? '') ?? [];
  if (base === undefined) {
    const message = `Network ${name} does not tell its range, so the pair of balancers needs an address: give balancer.address.`;
    throw new PlatformError('unsupported', message, { subject: name });
  }
  const start = base.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - Number(bits));
  const last = Math.floor(start / size) * size + size - 2;
  return Array.from(
    { length: octetCount },
    (_, index) => Math.floor(last / 256 ** (octetCount - 1 - index)) % 256,
  ).join('.');
}
