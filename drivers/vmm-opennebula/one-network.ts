import type { NetworkName, Tag } from '@trencadis/ids';
import {
  type Ipv4Range,
  enclosing,
  formatRange,
  parseAddress,
  parseMask,
  parseRange,
  spanning,
} from '@trencadis/ipv4';
import type { Network, NetworkSpec } from '@trencadis/vmm';
import { asNetworkName, mark, ownerIn, provisionalOwner } from './marks.ts';
import { parsePorts } from './ports.ts';
import { type Site, noLimit, own } from './site.ts';
import { childOf, childrenOf, idOf, idsOf, numberOf, textOf } from './xml-read.ts';
import type { XmlElement } from './xml-tree.ts';

/** STATE of a virtual network. */
export const vnetState = { READY: 1, LOCK_CREATE: 2, LOCK_DELETE: 3, DONE: 4, ERROR: 5 } as const;

/** A virtual network of this platform. */
export interface OneVnet {
  readonly id: number;
  readonly state: number;
  /** Reserved of the site's, and not yet marked. */
  readonly isProvisional: boolean;
  readonly usedLeases: number;
  /** Numbers of the security groups that each of its interfaces has. */
  readonly securityGroups: readonly number[];
  readonly error: string | undefined;
}

/** A security group of this platform. Of a network that the site lends it is all that we have. */
export interface OneGroup {
  readonly id: number;
  readonly isInUse: boolean;
  /** The site's network, lent. */
  readonly lentNetworkId: number | undefined;
}

/** A network of this platform: at least one of `vnet` and `group` is there. */
export interface OneNetwork {
  readonly network: Network;
  readonly vnet: OneVnet | undefined;
  readonly group: OneGroup | undefined;
}

interface Owned {
  readonly name: NetworkName;
  readonly tag: Tag;
  readonly element: XmlElement;
}

/** The site's number of a network that is lent. */
export const lentNetworkMark = 'TRENCADIS_NETWORK_ID';

export interface OwnPools {
  readonly vnets: readonly XmlElement[];
  readonly groups: readonly XmlElement[];
}

export async function ownPools({ oned }: Site, signal: AbortSignal): Promise<OwnPools> {
  const [vnets, groups] = await Promise.all([
    oned.document('one.vnpool.info', [own, noLimit, noLimit], signal),
    oned.document('one.secgrouppool.info', [own, noLimit, noLimit], signal),
  ]);
  return { vnets: childrenOf(vnets, 'VNET'), groups: childrenOf(groups, 'SECURITY_GROUP') };
}

/** All networks of this platform; what is left of half-made and half-deleted ones too. */
export function networksIn({ vnets, groups }: OwnPools): readonly OneNetwork[] {
  const ownVnets = vnets.flatMap((element) => ownedVnet(element) ?? []);
  const ownGroups = groups.flatMap((element) => owned(element) ?? []);
  const names = new Set([...ownVnets, ...ownGroups].map(({ name }) => name));
  return [...names].toSorted().flatMap((name) => {
    const vnet = ownVnets.find((each) => each.name === name);
    const group = ownGroups.find((each) => each.name === name);
    const network = networkOf(vnet ?? group, vnet?.element);
    return network === undefined
      ? []
      : [{ network, vnet: vnet && readVnet(vnet.element), group: group && readGroup(group.element) }];
  });
}

function owned(element: XmlElement): Owned | undefined {
  const owner = ownerIn(childOf(element, 'TEMPLATE'), 'network');
  const name = asNetworkName(owner?.name ?? '');
  return owner === undefined || name === undefined ? undefined : { name, tag: owner.tag, element };
}

function ownedVnet(element: XmlElement): Owned | undefined {
  const marked = owned(element);
  if (marked !== undefined || textOf(element, 'PARENT_NETWORK_ID') === undefined) return marked;
  const owner = provisionalOwner(textOf(element, 'NAME'));
  const name = asNetworkName(owner?.name ?? '');
  return owner === undefined || name === undefined ? undefined : { name, tag: owner.tag, element };
}

function networkOf(holder: Owned | undefined, vnet: XmlElement | undefined): Network | undefined {
  if (holder === undefined) return undefined;
  const marks = childOf(holder.element, 'TEMPLATE');
  const openPorts = parsePorts(textOf(marks, mark.ports));
  const providerNetwork = textOf(marks, mark.providerNetwork);
  const subnet = textOf(marks, mark.subnet) ?? (vnet === undefined ? undefined : subnetTextOf(vnet));
  return {
    name: holder.name,
    tag: holder.tag,
    // A reservation without marks is one of a public network.
    kind: textOf(marks, mark.reach) === 'private' ? 'private' : 'public',
    subnet: subnet ?? '0.0.0.0/32',
    ...(openPorts === undefined ? {} : { openPorts }),
    ...(providerNetwork === undefined ? {} : { providerNetwork }),
  };
}

function readVnet(element: XmlElement): OneVnet {
  const template = childOf(element, 'TEMPLATE');
  const groups = textOf(template, 'SECURITY_GROUPS') ?? '';
  return {
    id: idOf(element),
    // Versions before 6.4 tell no state: theirs are ready at once.
    state: numberOf(element, 'STATE') ?? vnetState.READY,
    isProvisional: ownerIn(template, 'network') === undefined,
    usedLeases: numberOf(element, 'USED_LEASES') ?? 0,
    securityGroups: groups.split(',').filter(Boolean).map(Number),
    error: textOf(template, 'ERROR'),
  };
}

function readGroup(element: XmlElement): OneGroup {
  const users = ['UPDATED_VMS', 'OUTDATED_VMS', 'UPDATING_VMS', 'ERROR_VMS'];
  const lent = textOf(childOf(element, 'TEMPLATE'), lentNetworkMark);
  return {
    id: idOf(element),
    isInUse: users.some((name) => idsOf(element, name).length > 0),
    lentNetworkId: lent === undefined ? undefined : Number(lent),
  };
}

/** Of any virtual network: what it says of itself, or the smallest that has its first range of addresses. */
export function subnetOf(element: XmlElement): Ipv4Range | undefined {
  const template = childOf(element, 'TEMPLATE');
  return parseRange(textOf(template, mark.subnet) ?? '') ?? subnetOfRange(rangeOf(element), template);
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/** The first one with IPv4 addresses. */
function rangeOf(element: XmlElement): Range | undefined {
  for (const range of childrenOf(childOf(element, 'AR_POOL'), 'AR')) {
    const first = parseAddress(textOf(range, 'IP') ?? '');
    const size = numberOf(range, 'SIZE') ?? 0;
    if (first !== undefined && size > 0) return { first, last: first + size - 1 };
  }
  return undefined;
}

function subnetOfRange(range: Range | undefined, template: XmlElement | undefined): Ipv4Range | undefined {
  const length = parseMask(textOf(template, 'NETWORK_MASK') ?? '');
  const base = parseAddress(textOf(template, 'NETWORK_ADDRESS') ?? '') ?? range?.first;
  if (base !== undefined && length !== undefined) return enclosing(base, length);
  return range === undefined ? undefined : spanning(range.first, range.last);
}

function subnetTextOf(element: XmlElement): string | undefined {
  const subnet = subnetOf(element);
  return subnet === undefined ? undefined : formatRange(subnet);
}

/** What a spec's network is written as on what is made for it. */
export function networkMarks(spec: NetworkSpec, subnet: string): Readonly<Record<string, string>> {
  return {
    [mark.kind]: 'network',
    [mark.name]: spec.name,
    [mark.tag]: spec.tag,
    [mark.reach]: spec.kind,
    [mark.subnet]: subnet,
  };
}
