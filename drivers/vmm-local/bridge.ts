import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import { run, runIp } from './command.ts';
import { removeForwarding, setUpForwarding } from './forwarding.ts';
import type { NetworkRecord } from './records.ts';
import { gatewayOf } from './subnets.ts';

/** The host's bridge for a network: made, addressed and filtered. Done already: succeeds. */
export async function ensureBridge(
  bridge: string,
  network: NetworkRecord,
  signal: AbortSignal,
): Promise<void> {
  if (!(bridge in networkInterfaces())) {
    await removeLinks([bridge], signal);
    await runIp(
      [
        `link add ${bridge} type bridge`,
        `addr add ${gatewayOf(network.subnet)}/24 dev ${bridge}`,
        `link set ${bridge} up`,
      ],
      { signal },
    );
  }
  await setUpForwarding(bridge, network, signal);
}

export async function removeBridge(bridge: string, signal: AbortSignal): Promise<void> {
  await removeLinks([bridge], signal);
  await removeForwarding(bridge, signal);
}

/** Absent links are passed over. */
export async function removeLinks(names: readonly string[], signal: AbortSignal): Promise<void> {
  const links = z.array(z.object({ ifname: z.string() }));
  const existing = new Set(
    links
      .parse(JSON.parse(await run('ip', ['-json', 'link', 'show'], { signal })))
      .map((link) => link.ifname),
  );
  const present = names.filter((name) => existing.has(name));
  if (present.length > 0)
    await runIp(
      present.map((name) => `link del ${name}`),
      { signal },
    );
}
