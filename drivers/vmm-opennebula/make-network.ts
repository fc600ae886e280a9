import { PlatformError } from '@trencadis/errors';
import {
  type Ipv4Range,
  formatAddress,
  formatMask,
  formatRange,
  freeSubnets,
  gatewayOf,
  machineAddresses,
  overlap,
  parseRange,
  parseRangeAround,
} from '@trencadis/ipv4';
import type { NetworkSpec } from '@trencadis/vmm';
import { invalid, notFound, unsupported } from './errors.ts';
import { type OwnPools, networkMarks, networksIn, ownPools, subnetOf, vnetState } from './one-network.ts';
import { mark, provisionalName } from './marks.ts';
import { portsText } from './ports.ts';
import { type Site, everybodys, noLimit, settled } from './site.ts';
import { type Attributes, templateText } from './template-text.ts';
import { childrenOf, idOf, numberOf, textOf } from './xml-read.ts';
import type { XmlElement } from './xml-tree.ts';

/** The vnets that this account may use, the site's among them. */
export async function usableVnets({ oned }: Site, signal: AbortSignal): Promise<readonly XmlElement[]> {
  const pool = await oned.document('one.vnpool.info', [everybodys, noLimit, noLimit], signal);
  return childrenOf(pool, 'VNET');
}

/** By its number, or by its name. */
export function named(elements: readonly XmlElement[], nameOrId: string | number): XmlElement | undefined {
  const text = String(nameOrId);
  const byId = /^\d+$/.test(text) ? elements.find((element) => idOf(element) === Number(text)) : undefined;
  return byId ?? elements.find((element) => textOf(element, 'NAME') === text);
}

/**
 * Begins the virtual network of a spec: reserved of the site's public network, of the site's template, or from nothing.
 * It is not ready yet, and has no security group of ours.
 */
export async function makeVnet(site: Site, spec: NetworkSpec, signal: AbortSignal): Promise<void> {
  const { publicNetwork } = site.account;
  if (spec.kind === 'public' && publicNetwork !== undefined) {
    await reserve(site, spec, { from: publicNetwork, signal });
    return;
  }
  await makeOwnVnet(site, spec, signal);
}

interface Reservation {
  readonly from: string | number;
  readonly signal: AbortSignal;
}

/** It takes no attributes but its name, which says whose it is until they are written. */
async function reserve(site: Site, spec: NetworkSpec, { from, signal }: Reservation): Promise<void> {
  if (spec.subnet !== undefined) {
    const problem = `its addresses are of the site's network ${from}, so that no subnet can be asked for`;
    throw unsupported('network', spec.name, problem);
  }
  const parent = named(await usableVnets(site, signal), from);
  if (parent === undefined) throw notFound('public network (publicNetwork of the credentials)', String(from));
  const template = { NAME: provisionalName(spec), SIZE: site.account.reservationSize };
  await site.oned.id('one.vn.reserve', [idOf(parent), templateText(template)], signal);
}

const attempts = 5;

/** Another process may take the same subnet at the same moment: who came later gives way. */
async function makeOwnVnet(site: Site, spec: NetworkSpec, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const subnet = chooseSubnet(site, spec, await usableVnets(site, signal));
    const id = await allocate(site, { spec, subnet }, signal);
    const rivals = (await usableVnets(site, signal)).filter((element) => {
      const other = subnetOf(element);
      return idOf(element) < id && other !== undefined && overlap(other, subnet);
    });
    if (rivals.length === 0) return;
    await giveWay(site, { id, name: spec.name }, signal);
    if (spec.subnet !== undefined) throw taken(spec.subnet);
  }
  throw noSubnet(site);
}

interface Later {
  readonly id: number;
  readonly name: string;
}

/** One that is still being made cannot be deleted. */
async function giveWay(site: Site, { id, name }: Later, signal: AbortSignal): Promise<void> {
  await settled(site, { what: 'network', name, signal }, async (note) => {
    note('being made');
    const vnet = await site.oned.document('one.vn.info', [id], signal);
    return numberOf(vnet, 'STATE') === vnetState.LOCK_CREATE ? undefined : true;
  });
  await site.oned.id('one.vn.delete', [id], signal);
}

function chooseSubnet(site: Site, spec: NetworkSpec, vnets: readonly XmlElement[]): Ipv4Range {
  const others = vnets.flatMap((element) => subnetOf(element) ?? []);
  if (spec.subnet === undefined) {
    const pool = parseRangeAround(site.account.addressPool);
    const [free] = pool === undefined ? [] : freeSubnets(pool, others);
    if (free === undefined) throw noSubnet(site);
    return free;
  }
  const asked = parseRange(spec.subnet);
  if (asked === undefined || machineAddresses(asked).count < 1) {
    throw invalid(
      'network',
      spec.name,
      `'${spec.subnet}' is no subnet of at least four addresses: write a.b.c.d/len`,
    );
  }
  if (others.some((each) => overlap(each, asked))) throw taken(spec.subnet);
  return asked;
}

interface Making {
  readonly spec: NetworkSpec;
  readonly subnet: Ipv4Range;
}

async function allocate(site: Site, { spec, subnet }: Making, signal: AbortSignal): Promise<number> {
  const { oned, account } = site;
  const { networkTemplate } = account;
  const addressing = addressingOf(site, { spec, subnet });
  if (networkTemplate === undefined) {
    const template = templateText({ NAME: spec.name, ...hardwareOf(site), ...addressing });
    return oned.id('one.vn.allocate', [template, account.cluster ?? -1], signal);
  }
  const pool = await oned.document('one.vntemplatepool.info', [everybodys, noLimit, noLimit], signal);
  const template = named(childrenOf(pool, 'VNTEMPLATE'), networkTemplate);
  if (template === undefined) {
    throw notFound('network template (networkTemplate of the credentials)', String(networkTemplate));
  }
  const more = templateText(addressing);
  return oned.id('one.vntemplate.instantiate', [idOf(template), spec.name, more], signal);
}

function addressingOf({ account }: Site, { spec, subnet }: Making): Attributes {
  const { first, count } = machineAddresses(subnet);
  return {
    AR: { TYPE: 'IP4', IP: formatAddress(first), SIZE: count },
    NETWORK_ADDRESS: formatAddress(subnet.first),
    NETWORK_MASK: formatMask(subnet.length),
    GATEWAY: spec.kind === 'public' ? gatewayOf(subnet) : undefined,
    DNS: account.nameServers.length === 0 ? undefined : account.nameServers.join(' '),
    ...networkMarks(spec, formatRange(subnet)),
    [mark.ports]: portsText(spec.openPorts),
  };
}

function hardwareOf({ account }: Site): Attributes {
  const { networkDriver, bridge, physicalDevice } = account;
  return {
    VN_MAD: networkDriver,
    BRIDGE: bridge,
    PHYDEV: physicalDevice,
    AUTOMATIC_VLAN_ID: /^(?:802\.1Q|vxlan|ovswitch)$/.test(networkDriver) ? 'YES' : undefined,
    AUTOMATIC_OUTER_VLAN_ID: networkDriver === 'ovswitch_vxlan' ? 'YES' : undefined,
  };
}

function taken(subnet: string): PlatformError {
  const message = `The subnet ${subnet} overlaps a network of this OpenNebula: choose another one.`;
  return new PlatformError('conflict', message, { subject: subnet });
}

function noSubnet({ account }: Site): PlatformError {
  const message = `No /24 of ${account.addressPool} is left at OpenNebula: delete networks, or give a larger addressPool.`;
  return new PlatformError('quota-exceeded', message);
}

/** Throws `conflict` where the account has a virtual network of that name which is not of this platform. */
export function refuseForeignVnet({ vnets }: OwnPools, name: string): void {
  const isOurs = networksIn({ vnets, groups: [] }).some(({ network }) => network.name === name);
  if (isOurs || named(vnets, name) === undefined || /^\d+$/.test(name)) return;
  throw new PlatformError(
    'conflict',
    `The network ${name} exists and was not made by this platform. Choose another name.`,
    {
      subject: name,
    },
  );
}

export async function findNetwork(site: Site, name: string, signal: AbortSignal) {
  return networksIn(await ownPools(site, signal)).find(({ network }) => network.name === name);
}
