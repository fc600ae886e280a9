import { PlatformError } from '@trencadis/errors';
import { formatRange } from '@trencadis/ipv4';
import type { Network, NetworkOperations, NetworkSpec } from '@trencadis/vmm';
import { absentIsDone, heldByOther, notFound, tooSlow, translated, unsupported } from './errors.ts';
import { findNetwork, makeVnet, named, refuseForeignVnet, usableVnets } from './make-network.ts';
import { mark } from './marks.ts';
import {
  type OneGroup,
  type OneNetwork,
  type OneVnet,
  lentNetworkMark,
  networkMarks,
  networksIn,
  ownPools,
  subnetOf,
  vnetState,
} from './one-network.ts';
import { portsProblem, portsText, rulesOf } from './ports.ts';
import { type Site, settled } from './site.ts';
import { templateText } from './template-text.ts';
import { idOf } from './xml-read.ts';

export function openNebulaNetworks(site: Site): NetworkOperations {
  const exclusive = <Result>(name: string, signal: AbortSignal, work: () => Promise<Result>) =>
    translated(signal, () => site.mutex.run(`network ${name}`, work));
  return {
    createNetwork: (spec, signal) => exclusive(spec.name, signal, () => createNetwork(site, spec, signal)),
    updateNetwork: (spec, signal) => exclusive(spec.name, signal, () => updateNetwork(site, spec, signal)),
    deleteNetwork: (name, signal) => exclusive(name, signal, () => deleteNetwork(site, name, signal)),
    listNetworks: (tag, signal) =>
      translated(signal, async () =>
        networksIn(await ownPools(site, signal))
          .map(({ network }) => network)
          .filter((network) => network.tag === tag),
      ),
  };
}

async function createNetwork(site: Site, spec: NetworkSpec, signal: AbortSignal): Promise<Network> {
  checkPorts(spec);
  const pools = await ownPools(site, signal);
  const existing = networksIn(pools).find(({ network }) => network.name === spec.name);
  if (existing !== undefined) {
    sameOwner(existing, spec);
    return finish(site, spec, signal);
  }
  if (spec.providerNetwork !== undefined)
    return borrow(site, { ...spec, providerNetwork: spec.providerNetwork }, signal);
  refuseForeignVnet(pools, spec.name);
  // One at a time, so that two of this process do not choose the same subnet.
  await site.mutex.run('subnets', () => makeVnet(site, spec, signal));
  return finish(site, spec, signal);
}

function sameOwner({ network }: OneNetwork, { name, tag }: NetworkSpec): void {
  if (network.tag !== tag) throw heldByOther('network', name, network.tag);
}

function checkPorts({ name, openPorts = [] }: NetworkSpec): void {
  const found = portsProblem(openPorts);
  if (found === undefined) return;
  if (found.code === 'unsupported') throw unsupported('network', name, found.problem);
  throw new PlatformError(found.code, `The network ${name} cannot have these ports: ${found.problem}.`, {
    subject: name,
  });
}

/** The site's network is only noted, on a security group of ours that its interfaces get. */
async function borrow(
  site: Site,
  spec: NetworkSpec & { readonly providerNetwork: string },
  signal: AbortSignal,
): Promise<Network> {
  const lent = named(await usableVnets(site, signal), spec.providerNetwork);
  const subnet = lent === undefined ? undefined : subnetOf(lent);
  if (lent === undefined || subnet === undefined) {
    throw notFound('network with IPv4 addresses', spec.providerNetwork);
  }
  const text = formatRange(subnet);
  if (spec.subnet !== undefined && spec.subnet !== text) {
    const message = `The network ${spec.providerNetwork} of OpenNebula has the subnet ${text}, not ${spec.subnet}.`;
    throw new PlatformError('conflict', message, { subject: spec.name });
  }
  const group = groupTemplate({ ...spec, subnet: text }, idOf(lent));
  const marks = { [mark.providerNetwork]: spec.providerNetwork, [lentNetworkMark]: idOf(lent) };
  await site.oned.id(
    'one.secgroup.allocate',
    [templateText({ NAME: spec.name, ...group, ...marks })],
    signal,
  );
  return { ...spec, subnet: text };
}

function groupTemplate(network: Network, networkId: number) {
  return {
    ...networkMarks(network, network.subnet),
    [mark.ports]: portsText(network.openPorts),
    RULE: rulesOf(network.openPorts ?? [], networkId),
  };
}

/** Each step is done only where it is not yet: so a creation that was cut off is finished. */
async function finish(site: Site, spec: NetworkSpec, signal: AbortSignal): Promise<Network> {
  const ready = await settled(site, { what: 'network', name: spec.name, signal }, async (note) => {
    const found = await findNetwork(site, spec.name, signal);
    if (found?.vnet === undefined) return found;
    if (found.vnet.state === vnetState.ERROR) throw broken(spec.name, found.vnet);
    note('being made');
    return found.vnet.state === vnetState.READY ? found : undefined;
  });
  const { vnet, network } = ready;
  if (vnet === undefined) return network;
  if (vnet.isProvisional) await markReservation(site, { spec, vnet, network }, signal);
  const made = vnet.isProvisional ? { ...spec, subnet: network.subnet } : network;
  if (made.kind === 'public') await guard(site, { ...ready, network: made, vnet }, signal);
  return made;
}

function broken(name: string, { error }: OneVnet): PlatformError {
  const message = `OpenNebula could not make the network ${name}: ${error ?? 'it says no more'}. Delete it and try again.`;
  return new PlatformError('conflict', message, { subject: name });
}

interface Reserved {
  readonly spec: NetworkSpec;
  readonly vnet: OneVnet;
  readonly network: Network;
}

const merging = 1;
const replacing = 0;

async function markReservation(
  site: Site,
  { spec, vnet, network }: Reserved,
  signal: AbortSignal,
): Promise<void> {
  const marks = { ...networkMarks(spec, network.subnet), [mark.ports]: portsText(spec.openPorts) };
  await site.oned.id('one.vn.update', [vnet.id, templateText(marks), merging], signal);
}

/**
 * Its own security group, and no other: OpenNebula adds the default one, which opens everything, to each network that
 * is made.
 */
async function guard(
  site: Site,
  { network, vnet, group }: OneNetwork & { readonly vnet: OneVnet },
  signal: AbortSignal,
): Promise<void> {
  const { oned } = site;
  const template = () => templateText({ NAME: network.name, ...groupTemplate(network, vnet.id) });
  const id = group?.id ?? (await oned.id('one.secgroup.allocate', [template()], signal));
  if (vnet.securityGroups.length === 1 && vnet.securityGroups[0] === id) return;
  await oned.id('one.vn.update', [vnet.id, templateText({ SECURITY_GROUPS: id }), merging], signal);
}

async function updateNetwork(site: Site, spec: NetworkSpec, signal: AbortSignal): Promise<Network> {
  checkPorts(spec);
  const found = await findNetwork(site, spec.name, signal);
  if (found === undefined) throw notFound('network', spec.name);
  sameOwner(found, spec);
  refuseOthers(found, spec);
  const { openPorts: _before, ...rest } = found.network;
  const network: Network = spec.openPorts === undefined ? rest : { ...rest, openPorts: spec.openPorts };
  await setPorts(site, { ...found, network }, signal);
  return found.vnet === undefined ? network : finish(site, network, signal);
}

function refuseOthers({ network }: OneNetwork, { name, kind, subnet, providerNetwork }: NetworkSpec): void {
  const isSame =
    kind === network.kind &&
    providerNetwork === network.providerNetwork &&
    (subnet ?? network.subnet) === network.subnet;
  if (isSame) return;
  const problem = 'it keeps its kind, its subnet and the network that it uses: make another one';
  throw unsupported('network', name, problem);
}

/** The rules first: what is noted is what is open. */
async function setPorts(
  site: Site,
  { network, vnet, group }: OneNetwork,
  signal: AbortSignal,
): Promise<void> {
  const networkId = vnet?.id ?? group?.lentNetworkId;
  if (group !== undefined && networkId !== undefined) {
    await openIn(site, { group, networkId, network }, signal);
  }
  if (vnet === undefined) return;
  const ports = templateText({ [mark.ports]: portsText(network.openPorts) });
  await site.oned.id('one.vn.update', [vnet.id, ports, merging], signal);
}

interface Opening {
  readonly group: OneGroup;
  readonly networkId: number;
  readonly network: Network;
}

/** The rules go to VMs that run as well: OpenNebula does so at the update, older versions at the commit. */
async function openIn(
  site: Site,
  { group, networkId, network }: Opening,
  signal: AbortSignal,
): Promise<void> {
  const lent = { [mark.providerNetwork]: network.providerNetwork, [lentNetworkMark]: group.lentNetworkId };
  const template = templateText({ ...groupTemplate(network, networkId), ...lent });
  await site.oned.id('one.secgroup.update', [group.id, template, replacing], signal);
  await site.oned.id('one.secgroup.commit', [group.id, true], signal);
}

/** The virtual network first: as long as it is there, its security group guards it. */
async function deleteNetwork(site: Site, name: string, signal: AbortSignal): Promise<void> {
  const found = await findNetwork(site, name, signal);
  if (found === undefined) return;
  const { vnet, group } = found;
  if ((vnet?.usedLeases ?? 0) > 0 || group?.isInUse === true) {
    throw new PlatformError('conflict', `VMs are on the network ${name}: delete them first.`, {
      subject: name,
    });
  }
  if (vnet !== undefined) await deleteVnet(site, { name, vnet }, signal);
  if (group !== undefined) await absentIsDone(site.oned.id('one.secgroup.delete', [group.id], signal));
}

interface Leaving {
  readonly name: string;
  readonly vnet: OneVnet;
}

async function deleteVnet(site: Site, { name, vnet }: Leaving, signal: AbortSignal): Promise<void> {
  if (vnet.state === vnetState.LOCK_CREATE) throw tooSlow('network', name, 'being made');
  if (vnet.state !== vnetState.LOCK_DELETE)
    await absentIsDone(site.oned.id('one.vn.delete', [vnet.id], signal));
  await settled(site, { what: 'network', name, signal }, async (note) => {
    note('being deleted');
    const left = (await findNetwork(site, name, signal))?.vnet;
    return left === undefined || left.state === vnetState.DONE ? true : undefined;
  });
}
