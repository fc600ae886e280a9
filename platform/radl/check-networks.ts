import { parseAddress } from '@trencadis/ipv4';
import type { Checking } from './checking.ts';
import { deployedSystems } from './deployed-systems.ts';
import { isPublicNetwork } from './features.ts';
import { isInSubnet } from './ipv4.ts';
import type { Feature, RadlNetwork, RadlSystem, Span } from './model.ts';
import { outportsOf, subnetPatternOf } from './network-requirements.ts';
import { interfacesOf } from './system-requirements.ts';

/** Ports that nothing opens, and addresses that no machine can have. IM says nothing about them. */
export function checkNetworks(checking: Checking): void {
  const { networks, systems, deploys } = checking.document;
  const byId = new Map(networks.map((network) => [network.id, network]));
  const connected = new Set(systems.flatMap((each) => interfacesOf(each).map(({ networkId }) => networkId)));
  for (const network of networks) if (connected.has(network.id)) checkOpened(checking, network);
  // A count that is no whole number is reported by itself.
  const counts = new Map<string, number>();
  if (deploys.length > 0) {
    for (const { system, count } of deployedSystems(checking.document))
      counts.set(system.id, (counts.get(system.id) ?? 0) + count);
  }
  for (const system of systems) checkAddresses(checking, system, { byId, count: counts.get(system.id) ?? 0 });
  checkTwice(checking);
}

function checkOpened(checking: Checking, network: RadlNetwork): void {
  if (isPublicNetwork(network) || outportsOf(network).length === 0) return;
  const span = spanOf(network.features, 'outports') ?? network.span;
  const message = `network ${network.id} is private: its outports are not opened, as nothing outside reaches it`;
  const hint = "write outbound = 'yes', or remove outports";
  checking.report({ code: 'RADL325', severity: 'warning', span, message, hint });
}

interface Around {
  readonly byId: ReadonlyMap<string, RadlNetwork>;
  /** Of its machines. */
  readonly count: number;
}

function checkAddresses(checking: Checking, system: RadlSystem, { byId, count }: Around): void {
  for (const { index, ip, networkId } of interfacesOf(system)) {
    if (ip === undefined) continue;
    const span = spanOf(system.features, `net_interface.${index}.ip`) ?? system.span;
    const severity = checking.severityOfSilence;
    if (count > 1) {
      const message = `${count} machines of system ${system.id} cannot all have the address ${ip}`;
      const hint = 'leave it out, or declare a system for each machine';
      checking.report({ code: 'RADL326', severity, span, message, hint });
    }
    const network = byId.get(networkId);
    const range = network && subnetPatternOf(network);
    if (range === undefined || parseAddress(ip) === undefined || isInSubnet(ip, range)) continue;
    const message = `${ip} is not in ${range}, the range of network ${networkId}`;
    checking.report({ code: 'RADL326', severity, span, message, hint: 'write an address of that range' });
  }
}

/** Two machines on one network with one address. */
function checkTwice(checking: Checking): void {
  const taken = new Map<string, string>();
  const deployed = new Set(checking.document.deploys.map(({ systemId }) => systemId));
  for (const system of checking.document.systems.filter(({ id }) => deployed.has(id))) {
    for (const { index, ip, networkId } of interfacesOf(system)) {
      if (ip === undefined) continue;
      const key = `${networkId} ${ip}`;
      const other = taken.get(key);
      taken.set(key, other ?? system.id);
      if (other === undefined) continue;
      const span = spanOf(system.features, `net_interface.${index}.ip`) ?? system.span;
      const message = `${ip} on network ${networkId} is the address of system ${other} already`;
      checking.report({ code: 'RADL326', severity: checking.severityOfSilence, span, message });
    }
  }
}

function spanOf(features: readonly Feature[], key: string): Span | undefined {
  return features.find((each) => each.kind === 'comparison' && each.key === key)?.span;
}
