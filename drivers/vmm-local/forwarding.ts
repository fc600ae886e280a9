import { readFile, writeFile } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import { hostRoutes } from '@trencadis/ipv4';
import { ExecaError } from 'execa';
import { run } from './command.ts';
import type { NetworkRecord } from './records.ts';

const tableOf = (bridge: string) => `trencadis_${bridge}`;
const uplinkPrefix = 'trencadis_uplink_';

/** nft's text for "this table is not there", whether it was or not. */
const withoutTable = (table: string) => `add table ip ${table}\ndelete table ip ${table}\n`;

/** Why nftables cannot be used here: not installed, or refused by the kernel. Tried in a network namespace of its own. */
export async function filterRefusal(signal: AbortSignal): Promise<string | undefined> {
  const trial = (['public', 'private'] as const).map((kind) =>
    rulesOf(`trial_${kind}`, { kind, subnet: '192.0.2.0/24' }),
  );
  try {
    await run('unshare', ['--net', 'nft', '-f', '-'], { signal, input: trial.join('') });
    return undefined;
  } catch (error) {
    if (error instanceof ExecaError && !error.isCanceled) return String(error.stderr).trim();
    throw error;
  }
}

/**
 * A public network is masqueraded out of the host, and its mapped ports lead on; a private one is never forwarded,
 * either way. Without nftables no machine reaches beyond the host (`probeLocalVmm` says so beforehand), and nothing is
 * forwarded at all.
 */
export async function setUpForwarding(
  bridge: string,
  network: NetworkRecord,
  signal: AbortSignal,
): Promise<void> {
  const refusal = await filterRefusal(signal);
  if (refusal !== undefined && mappingsOf(network).length > 0) throw cannotMap(network, refusal);
  if (refusal !== undefined) return;
  await run('nft', ['-f', '-'], { signal, input: withoutTable(tableOf(bridge)) + rulesOf(bridge, network) });
  if (network.kind === 'private') return;
  await forward(bridge, true);
  for (const uplink of await uplinks(signal)) {
    if (await isForwarding(uplink)) continue;
    // The table is the kernel's own note that forwarding was off before us; a reboot forgets both together.
    await run('nft', ['add', 'table', 'ip', uplinkPrefix + uplink], { signal });
    await forward(uplink, true);
  }
}

/** The links that lead out of the host. */
async function uplinks(signal: AbortSignal): Promise<readonly string[]> {
  const routes = await hostRoutes(signal);
  return routes.flatMap(({ destination, device }) =>
    destination.length === 0 && device !== '*' ? [device] : [],
  );
}

export async function removeForwarding(bridge: string, signal: AbortSignal): Promise<void> {
  if ((await filterRefusal(signal)) !== undefined) return;
  await run('nft', ['-f', '-'], { signal, input: withoutTable(tableOf(bridge)) });
  await stopForwardingWhenUnused(signal);
}

/** Traffic inside the bridge stays untouched: hosts with br_netfilter show it to these chains too. */
function rulesOf(bridge: string, network: FilteredNetwork): string {
  const { kind, subnet } = network;
  const chain =
    kind === 'public'
      ? `chain outbound { type nat hook postrouting priority srcnat; ip saddr ${subnet} oifname != "${bridge}" masquerade; }`
      : `chain closed { type filter hook forward priority filter; iifname "${bridge}" oifname != "${bridge}" drop; oifname "${bridge}" iifname != "${bridge}" drop; }`;
  return `table ip ${tableOf(bridge)} {\n${[chain, ...mappingChains(network)].join('\n')}\n}\n`;
}

type FilteredNetwork = Pick<NetworkRecord, 'kind' | 'subnet' | 'openPorts'>;

const mappingsOf = ({ kind, openPorts = [] }: FilteredNetwork) =>
  kind === 'public' ? openPorts.filter(({ localPort }) => localPort !== undefined) : [];

/** At a machine's own address the outer port leads to the inner one, for whoever comes over or from the host. */
function mappingChains(network: FilteredNetwork): readonly string[] {
  const rules = mappingsOf(network).map(({ protocol, from, localPort, source }) => {
    const who = source === undefined ? '' : `ip saddr ${source} `;
    return `${who}ip daddr ${network.subnet} ${protocol} dport ${from} dnat to :${localPort};`;
  });
  if (rules.length === 0) return [];
  return (['prerouting', 'output'] as const).map(
    (hook) => `chain mapped_${hook} { type nat hook ${hook} priority -100; ${rules.join(' ')} }`,
  );
}

function cannotMap({ name }: NetworkRecord, refusal: string): PlatformError {
  const message = `Ports of the network ${name} cannot be mapped, as nftables cannot be used here: ${refusal}`;
  return new PlatformError('unsupported', message, { subject: name });
}

async function stopForwardingWhenUnused(signal: AbortSignal): Promise<void> {
  const tables = (await run('nft', ['list', 'tables', 'ip'], { signal })).split('\n');
  const ours = tables.flatMap((line) => /^table ip (trencadis_\S+)$/.exec(line)?.[1] ?? []);
  const uplinkTables = ours.filter((table) => table.startsWith(uplinkPrefix));
  if (ours.length > uplinkTables.length) return;
  for (const table of uplinkTables) {
    await forward(table.slice(uplinkPrefix.length), false);
    await run('nft', ['-f', '-'], { signal, input: withoutTable(table) });
  }
}

const forwardingSwitch = (link: string) => `/proc/sys/net/ipv4/conf/${link}/forwarding`;

async function isForwarding(link: string): Promise<boolean> {
  return (await readFile(forwardingSwitch(link), 'utf8')).trim() === '1';
}

async function forward(link: string, isOn: boolean): Promise<void> {
  await writeFile(forwardingSwitch(link), isOn ? '1' : '0');
}
