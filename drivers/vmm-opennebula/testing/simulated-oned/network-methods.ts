import { parseAddress } from '@trencadis/ipv4';
import { vnetState } from '../../one-network.ts';
import {
  type Call,
  type Methods,
  checkName,
  inFilter,
  isAdmin,
  managed,
  mayCreate,
  templateOf,
  usable,
} from './call.ts';
import { groupDocument, templateDocument, vnetDocument } from './documents.ts';
import { Refusal, noSuch } from './refusal.ts';
import { type Template, type Vector, merged, textIn, vectorsIn, without } from './template.ts';
import { type SimGroup, type SimRange, type SimVnet, type SimWorld, later, takeId } from './world.ts';
import { element } from './write-xml.ts';

export const networkMethods = {
  'one.vn.allocate': ({ args: [text], ...call }) => {
    const template = templateOf(text);
    mayCreate(call.user, 'NET');
    return allocate(call, template);
  },
  'one.vntemplate.instantiate': ({ args: [id, name, text], ...call }) => {
    const base = call.world.vnTemplates.find((each) => each.id === id);
    if (base === undefined) throw noSuch('virtual network template', id);
    return allocate(call, merged(merged(base.template, templateOf(text)), [{ name: 'NAME', value: name }]));
  },
  'one.vn.reserve': (call) => reserve(call),
  'one.vn.info': ({ args: [id], world, user }) =>
    vnetDocument(usable(user, 'virtual network', world.vnets.get(id), id)),
  'one.vn.update': ({ args: [id, text, manner], world, user }) => {
    const vnet = managed(user, 'virtual network', world.vnets.get(id), id);
    const template = templateOf(text);
    refuseReserved(vnet, user, template);
    vnet.attributes = manner === 1 ? merged(vnet.attributes, template) : template;
    return id;
  },
  'one.vn.delete': ({ args: [id], world, user }) => {
    const vnet = managed(user, 'virtual network', world.vnets.get(id), id);
    if (vnet.leases.size > 0) {
      throw new Refusal(
        'ACTION',
        'Cannot delete virtual network. Can not remove a virtual network with leases in use',
      );
    }
    if (vnet.state !== vnetState.READY && vnet.state !== vnetState.ERROR) {
      throw new Refusal('ACTION', 'Cannot delete virtual network. It is in wrong state');
    }
    vnet.state = vnetState.LOCK_DELETE;
    later(world, 1, () => drop(world, vnet));
    return id;
  },
  'one.vnpool.info': ({ args: [filter], world, user }) => {
    const vnets = [...world.vnets.values()].filter(inFilter(user, filter));
    return element('VNET_POOL', vnets.map(vnetDocument).join(''));
  },
  'one.vntemplatepool.info': ({ world }) =>
    element(
      'VNTEMPLATE_POOL',
      world.vnTemplates.map((each) => templateDocument('VNTEMPLATE', each)).join(''),
    ),

  'one.secgroup.allocate': ({ args: [text], world, user }) => {
    const template = templateOf(text);
    mayCreate(user, 'SECGROUP');
    const name = checkName(textIn(template, 'NAME'), 'Security Group');
    if ([...world.groups.values()].some((group) => group.uid === user.id && group.name === name)) {
      throw new Refusal('INTERNAL', 'NAME is already taken by SECURITY GROUP.');
    }
    checkRules(template);
    const id = takeId(world);
    world.groups.set(id, { id, uid: user.id, name, attributes: without(template, ['NAME']) });
    return id;
  },
  'one.secgroup.update': ({ args: [id, text, manner], world, user }) => {
    const group = managed(user, 'security group', world.groups.get(id), id);
    const template = templateOf(text);
    checkRules(template);
    group.attributes = manner === 1 ? merged(group.attributes, template) : template;
    return id;
  },
  'one.secgroup.commit': ({ args: [id], world, user }) =>
    managed(user, 'security group', world.groups.get(id), id).id,
  'one.secgroup.delete': ({ args: [id], world, user }) => {
    const group = managed(user, 'security group', world.groups.get(id), id);
    if (vmsOf(world, group).length > 0) {
      throw new Refusal('ACTION', 'Cannot delete security group. The security group has VMs using it');
    }
    world.groups.delete(id);
    return id;
  },
  'one.secgrouppool.info': ({ args: [filter], world, user }) => {
    const groups = [...world.groups.values()].filter(inFilter(user, filter));
    return element(
      'SECURITY_GROUP_POOL',
      groups.map((group) => groupDocument(group, vmsOf(world, group))).join(''),
    );
  },
} satisfies Partial<Methods>;

/** Numbers of the VMs with an interface of that group. */
function vmsOf({ vms }: SimWorld, { id }: SimGroup): readonly number[] {
  return [...vms.values()]
    .filter(
      ({ state, nics }) =>
        state !== 6 && nics.some((nic) => nic['SECURITY_GROUPS']?.split(',').includes(String(id))),
    )
    .map((vm) => vm.id);
}

function allocate({ world, user }: Omit<Call, 'args'>, template: Template): number {
  const name = checkName(textIn(template, 'NAME'), 'Virtual Network');
  refuseTaken(world, user.id, name);
  const driver = textIn(template, 'VN_MAD');
  if (driver === undefined) throw new Refusal('INTERNAL', 'No VN_MAD in template for Virtual Network.');
  if (/^(?:vxlan|802\.1Q)$/.test(driver) && textIn(template, 'PHYDEV') === undefined) {
    throw new Refusal('INTERNAL', `PHYDEV is mandatory for driver ${driver}`);
  }
  if (driver === 'dummy' && textIn(template, 'BRIDGE') === undefined) {
    throw new Refusal('INTERNAL', 'BRIDGE is mandatory for driver dummy');
  }
  const ranges = vectorsIn(template, 'AR').map(({ TYPE, IP, SIZE }, id): SimRange => {
    const first = parseAddress(IP ?? '');
    if (TYPE !== 'IP4' || first === undefined) throw new Refusal('INTERNAL', 'Wrong or empty IP attribute');
    return { id, first, size: Number(SIZE) };
  });
  return add(world, {
    name,
    uid: user.id,
    parent: undefined,
    ranges,
    attributes: withDefaultGroup(without(template, ['NAME', 'AR'])),
  });
}

/** OpenNebula adds group 0, which opens everything, to each network. */
function withDefaultGroup(template: Template): Template {
  const groups = textIn(template, 'SECURITY_GROUPS');
  const value = groups === undefined || groups === '' ? '0' : `${groups},0`;
  return merged(template, [{ name: 'SECURITY_GROUPS', value }]);
}

function add(
  world: SimWorld,
  vnet: Pick<SimVnet, 'name' | 'uid' | 'parent' | 'ranges' | 'attributes'>,
): number {
  const id = takeId(world);
  const made: SimVnet = { ...vnet, id, isPublic: false, state: vnetState.LOCK_CREATE, leases: new Map() };
  world.vnets.set(id, made);
  later(world, 1, () => {
    if (made.state === vnetState.LOCK_CREATE) made.state = vnetState.READY;
  });
  return id;
}

function refuseTaken({ vnets }: SimWorld, uid: number, name: string): void {
  const taken = [...vnets.values()].find((vnet) => vnet.uid === uid && vnet.name === name);
  if (taken !== undefined) throw new Refusal('INTERNAL', `NAME is already taken by NET ${taken.id}.`);
}

function reserve({ args: [id, text], world, user }: Call<'one.vn.reserve'>): number {
  const template = templateOf(text);
  const size = Number(textIn(template, 'SIZE') ?? 0);
  if (!(size > 0)) throw new Refusal('ACTION', 'Reservation SIZE must be a greater than 0');
  const name = textIn(template, 'NAME');
  if (name === undefined) throw new Refusal('ACTION', 'NAME for reservation has to be set');
  const parent = usable(user, 'virtual network', world.vnets.get(id), id);
  if (parent.parent !== undefined)
    throw new Refusal('ACTION', 'Cannot reserve addresses from a reserved VNET');
  refuseTaken(world, user.id, name);
  const range = freeRange(parent, size);
  if (range === undefined) throw new Refusal('ACTION', 'Not enough free addresses in an address range');
  const attributes = withDefaultGroup(without(parent.attributes, []));
  const reserved = add(world, {
    name: checkName(name, 'Virtual Network'),
    uid: user.id,
    parent: id,
    ranges: [range],
    attributes,
  });
  for (let address = range.first; address < range.first + size; address += 1) {
    parent.leases.set(address, { kind: 'net', id: reserved });
  }
  return reserved;
}

/** So many addresses after one another that nobody has. */
function freeRange({ ranges, leases }: SimVnet, size: number): SimRange | undefined {
  for (const { id, first, size: all } of ranges) {
    for (let start = first; start + size <= first + all; start += 1) {
      const addresses = Array.from({ length: size }, (_, index) => start + index);
      if (addresses.every((address) => !leases.has(address)))
        return { id: 0, first: start, size, parentRange: id };
    }
  }
  return undefined;
}

function drop({ vnets }: SimWorld, { id, parent }: SimVnet): void {
  vnets.delete(id);
  const leases = parent === undefined ? undefined : vnets.get(parent)?.leases;
  for (const [address, holder] of leases ?? []) {
    if (holder.kind === 'net' && holder.id === id) leases?.delete(address);
  }
}

/** Of a reservation (`VNET_RESTRICTED_ATTR` of oned.conf). */
const ofTheSite = new Set(['VN_MAD', 'PHYDEV', 'VLAN_ID', 'BRIDGE', 'CONF', 'FILTER', 'CLUSTER_IDS']);

function refuseReserved(vnet: SimVnet, user: Call['user'], template: Template): void {
  const found = template.find(({ name }) => ofTheSite.has(name));
  if (vnet.parent === undefined || isAdmin(user) || found === undefined) return;
  throw new Refusal('INTERNAL', `User Template includes a restricted attribute ${found.name}`);
}

/** As `SecurityGroup::is_valid` has it. */
const ruleProblems: readonly (readonly [(rule: Vector) => boolean, string])[] = [
  [({ PROTOCOL = '' }) => !/^(?:TCP|UDP|ICMP|ICMPV6|IPSEC|ALL)$/i.test(PROTOCOL), 'Wrong PROTOCOL in rule.'],
  [({ RULE_TYPE = '' }) => !/^(?:INBOUND|OUTBOUND)$/i.test(RULE_TYPE), 'Wrong RULE_TYPE in rule.'],
  [
    ({ PROTOCOL = '', RANGE }) => RANGE !== undefined && !/^(?:TCP|UDP)$/i.test(PROTOCOL),
    'RANGE is supported only for TCP and UDP protocols.',
  ],
  [
    ({ RANGE }) => RANGE !== undefined && !/^(\d+(:\d+)?,)*\d+(:\d+)?$/.test(RANGE),
    'Invalid RANGE specification.',
  ],
  [({ IP, SIZE = '' }) => IP !== undefined && !/^\d+$/.test(SIZE), 'Wrong or empty SIZE.'],
  [({ NETWORK_ID = '0' }) => !/^\d+$/.test(NETWORK_ID), 'Wrong NETWORK_ID.'],
];

function checkRules(template: Template): void {
  for (const rule of vectorsIn(template, 'RULE')) {
    const found = ruleProblems.find(([isWrong]) => isWrong(rule));
    if (found !== undefined) throw new Refusal('INTERNAL', found[1]);
  }
}
