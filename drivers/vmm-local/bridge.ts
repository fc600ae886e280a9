import { existsSync } from 'node:fs';
import { gatewayOf, macOf, rangeOf } from '@trencadis/ipv4';
import { runIp } from './command.ts';
import { removeForwarding, setUpForwarding } from './forwarding.ts';
import type { NetworkRecord } from './records.ts';

/** How the hardware addresses of bridges and machines begin. */
export const macPrefix = '02:fc';

/** The host's bridge for a network: made, addressed and filtered. Done already: succeeds. */
export async function ensureBridge(
  bridge: string,
  network: NetworkRecord,
  signal: AbortSignal,
): Promise<void> {
  const range = rangeOf(network.subnet);
  const gateway = gatewayOf(range);
  // A bridge without an address of its own takes that of a port, and changes it with its ports.
  const add = isThere(bridge) ? [] : [`link add ${bridge} address ${macOf(macPrefix, gateway)} type bridge`];
  await runIp([...add, `addr replace ${gateway}/${range.length} dev ${bridge}`, `link set ${bridge} up`], {
    signal,
  });
  await setUpForwarding(bridge, network, signal);
}

export function isThere(link: string): boolean {
  return existsSync(`/sys/class/net/${link}`);
}

export async function removeBridge(bridge: string, signal: AbortSignal): Promise<void> {
  await removeLinks([bridge], signal);
  await removeForwarding(bridge, signal);
}

/** Absent links are passed over. */
export async function removeLinks(names: readonly string[], signal: AbortSignal): Promise<void> {
  const present = names.filter(isThere);
  if (present.length > 0)
    await runIp(
      present.map((name) => `link del ${name}`),
      { signal },
    );
}
