import { formatAddress } from '@trencadis/ipv4';
import { imageType } from '../../one-image.ts';
import { type Entry, textIn } from './template.ts';
import type { SimGroup, SimImage, SimTemplate, SimUser, SimVm, SimVnet, SimWorld } from './world.ts';
import { element, ids, permissions, templateXml, texts } from './write-xml.ts';

const owner = (uid: number) => ({ UID: uid, GID: uid === 0 ? 0 : 100, UNAME: `u${uid}`, GNAME: `g${uid}` });
/** Some moment: nobody reads it. */
const time = 1_790_000_000;

export function vmDocument(vm: SimVm): string {
  const scalars = {
    LAST_POLL: 0,
    STATE: vm.state,
    LCM_STATE: vm.lcm,
    PREV_STATE: vm.prevState,
    PREV_LCM_STATE: vm.prevLcm,
  };
  const times = {
    RESCHED: 0,
    STIME: time,
    ETIME: vm.state === 6 ? time : 0,
    DEPLOY_ID: vm.hasHost ? `one-${vm.id}` : '',
  };
  const config = element('BACKUP_CONFIG', '');
  return element(
    'VM',
    texts({ ID: vm.id, ...owner(vm.uid), NAME: vm.name }) +
      permissions(false) +
      texts({ ...scalars, ...times }) +
      element('MONITORING', '') +
      element('SCHED_ACTIONS', '') +
      templateXml('TEMPLATE', vmTemplate(vm)) +
      templateXml('USER_TEMPLATE', vm.notes) +
      element('HISTORY_RECORDS', vm.hasHost ? history(vm) : '') +
      element('BACKUPS', config + element('BACKUP_IDS', '')),
  );
}

function vmTemplate(vm: SimVm): readonly Entry[] {
  return [
    { name: 'AUTOMATIC_REQUIREMENTS', value: '(CLUSTER_ID = 0) & !(PUBLIC_CLOUD = YES)' },
    { name: 'CPU', value: String(vm.cpu) },
    { name: 'VCPU', value: String(vm.vcpu) },
    { name: 'MEMORY', value: String(vm.memoryMb) },
    { name: 'VMID', value: String(vm.id) },
    ...(vm.templateId === undefined ? [] : [{ name: 'TEMPLATE_ID', value: String(vm.templateId) }]),
    ...(vm.context === undefined ? [] : [{ name: 'CONTEXT', value: vm.context }]),
    ...vm.disks.map((value) => ({ name: 'DISK', value })),
    ...vm.nics.map((value) => ({ name: 'NIC', value })),
  ];
}

function history({ id }: SimVm): string {
  const host = {
    OID: id,
    SEQ: 0,
    HOSTNAME: 'node1',
    HID: 0,
    CID: 0,
    STIME: time,
    ETIME: 0,
    VM_MAD: 'dummy',
    TM_MAD: 'dummy',
  };
  const times = { DS_ID: 0, PSTIME: time, PETIME: time, RSTIME: time, RETIME: 0, ESTIME: 0, EETIME: 0 };
  return element('HISTORY', texts({ ...host, ...times, ACTION: 0, UID: -1, GID: -1, REQUEST_ID: -1 }));
}

export function imageDocument(image: SimImage): string {
  const kind = { TYPE: image.type, DISK_TYPE: 0, PERSISTENT: image.isPersistent ? 1 : 0, REGTIME: time };
  const place = {
    SOURCE: `/var/lib/one/datastores/1/${image.id}`,
    PATH: '',
    FORMAT: 'qcow2',
    FS: '',
    SIZE: image.sizeMb,
  };
  const use = {
    STATE: image.state,
    PREV_STATE: image.state,
    RUNNING_VMS: image.vmIds.size,
    CLONING_OPS: 0,
    CLONING_ID: -1,
  };
  const store = { TARGET_SNAPSHOT: -1, DATASTORE_ID: 1, DATASTORE: 'default' };
  return element(
    'IMAGE',
    texts({ ID: image.id, ...owner(image.uid), NAME: image.name }) +
      permissions(image.isPublic) +
      texts({ ...kind, ...place, ...use, ...store }) +
      ids('VMS', image.vmIds) +
      ids('CLONES', []) +
      ids('APP_CLONES', []) +
      templateXml('TEMPLATE', image.attributes) +
      element('SNAPSHOTS', texts({ ALLOW_ORPHANS: 'NO', CURRENT_BASE: -1, NEXT_SNAPSHOT: 0 })) +
      element('BACKUP_INCREMENTS', ''),
  );
}

export function vnetDocument(vnet: SimVnet): string {
  const told = (name: string) => textIn(vnet.attributes, name) ?? '';
  const bridge = { BRIDGE: told('BRIDGE'), BRIDGE_TYPE: 'linux', STATE: vnet.state, PREV_STATE: vnet.state };
  const driver = {
    PARENT_NETWORK_ID: vnet.parent ?? '',
    VN_MAD: told('VN_MAD'),
    PHYDEV: told('PHYDEV'),
    VLAN_ID: '',
    OUTER_VLAN_ID: '',
  };
  const vlan = { VLAN_ID_AUTOMATIC: 0, OUTER_VLAN_ID_AUTOMATIC: 0, USED_LEASES: vnet.leases.size };
  const users = [...vnet.leases.values()].filter(({ kind }) => kind === 'vm').map(({ id }) => id);
  return element(
    'VNET',
    texts({ ID: vnet.id, ...owner(vnet.uid), NAME: vnet.name }) +
      permissions(vnet.isPublic) +
      ids('CLUSTERS', [0]) +
      texts({ ...bridge, ...driver, ...vlan }) +
      ids('VROUTERS', []) +
      ids('UPDATED_VMS', new Set(users)) +
      ids('OUTDATED_VMS', []) +
      ids('UPDATING_VMS', []) +
      ids('ERROR_VMS', []) +
      templateXml('TEMPLATE', vnet.attributes) +
      element('AR_POOL', vnet.ranges.map(rangeDocument).join('')),
  );
}

function rangeDocument({ id, first, size, parentRange }: SimVnet['ranges'][number]): string {
  const parent = parentRange === undefined ? {} : { PARENT_NETWORK_AR_ID: parentRange };
  return element(
    'AR',
    texts({
      AR_ID: id,
      IP: formatAddress(first),
      MAC: '02:00:00:00:00:01',
      ...parent,
      SIZE: size,
      TYPE: 'IP4',
    }),
  );
}

export function groupDocument({ id, uid, name, attributes }: SimGroup, vmIds: Iterable<number>): string {
  return element(
    'SECURITY_GROUP',
    texts({ ID: id, ...owner(uid), NAME: name }) +
      permissions(uid === 0) +
      ids('UPDATED_VMS', vmIds) +
      ids('OUTDATED_VMS', []) +
      ids('UPDATING_VMS', []) +
      ids('ERROR_VMS', []) +
      templateXml('TEMPLATE', attributes),
  );
}

export function templateDocument(
  root: 'VMTEMPLATE' | 'VNTEMPLATE',
  { id, name, template }: SimTemplate,
): string {
  return element(
    root,
    texts({ ID: id, ...owner(0), NAME: name }) +
      permissions(true) +
      texts({ REGTIME: time }) +
      templateXml('TEMPLATE', template),
  );
}

export function datastorePool({ datastore, images }: SimWorld): string {
  const { totalMb, freeMb } = datastore;
  const drivers = { DS_MAD: 'dummy', TM_MAD: 'dummy', BASE_PATH: '/var/lib/one//datastores/1' };
  const size = { TOTAL_MB: totalMb, FREE_MB: freeMb, USED_MB: totalMb - freeMb };
  const one = (id: number, name: string, type: number) =>
    element(
      'DATASTORE',
      texts({ ID: id, ...owner(0), NAME: name }) +
        permissions(true) +
        texts({ ...drivers, TYPE: type, DISK_TYPE: 0, STATE: 0 }) +
        ids('CLUSTERS', [0]) +
        texts(size) +
        ids('IMAGES', type === 0 ? images.keys() : []) +
        element('TEMPLATE', ''),
    );
  return element('DATASTORE_POOL', one(0, 'system', 1) + one(1, 'default', 0) + one(2, 'files', 2));
}

export function userDocument(world: SimWorld, user: SimUser): string {
  const { id, gid, name, limits } = user;
  const login = { GNAME: `g${gid}`, NAME: name, PASSWORD: 'b109f3', AUTH_DRIVER: 'core', ENABLED: 1 };
  const defaults = element('DATASTORE_QUOTA', '') + element('NETWORK_QUOTA', '') + element('VM_QUOTA', '');
  return element(
    'USER',
    texts({ ID: id, GID: gid }) +
      ids('GROUPS', [gid]) +
      texts(login) +
      element('TEMPLATE', '') +
      datastoreQuota(limits, diskMbOf(world, user)) +
      element('NETWORK_QUOTA', '') +
      vmQuota(limits, usedBy(world, user)) +
      element('IMAGE_QUOTA', '') +
      element('DEFAULT_USER_QUOTAS', defaults + element('IMAGE_QUOTA', '')),
  );
}

export function groupAccount(world: SimWorld, { gid }: SimUser): string {
  const users = world.users.filter((user) => user.gid === gid).map(({ id }) => id);
  const none = ['DATASTORE_QUOTA', 'NETWORK_QUOTA', 'VM_QUOTA', 'IMAGE_QUOTA']
    .map((name) => element(name, ''))
    .join('');
  return element(
    'GROUP',
    texts({ ID: gid, NAME: `g${gid}` }) +
      element('TEMPLATE', '') +
      ids('USERS', users) +
      ids('ADMINS', []) +
      none +
      element('DEFAULT_GROUP_QUOTAS', none),
  );
}

export interface Used {
  readonly VMS: number;
  readonly CPU: number;
  readonly MEMORY: number;
}

export function usedBy({ vms }: SimWorld, { id }: SimUser): Used {
  const own = [...vms.values()].filter(({ uid, state }) => uid === id && state !== 6);
  const sum = (of: (vm: SimVm) => number) => own.reduce((total, vm) => total + of(vm), 0);
  return { VMS: own.length, CPU: sum(({ cpu }) => cpu), MEMORY: sum(({ memoryMb }) => memoryMb) };
}

export function diskMbOf({ images }: SimWorld, { id }: SimUser): number {
  return [...images.values()]
    .filter(({ uid }) => uid === id)
    .reduce((total, { sizeMb }) => total + sizeMb, 0);
}

const byDefault = -1;

function vmQuota(limits: SimUser['limits'], used: Used): string {
  const told = {
    CPU: limits.CPU ?? byDefault,
    CPU_USED: used.CPU,
    MEMORY: limits.MEMORY ?? byDefault,
    MEMORY_USED: used.MEMORY,
  };
  const running = {
    RUNNING_CPU: byDefault,
    RUNNING_CPU_USED: 0,
    RUNNING_MEMORY: byDefault,
    RUNNING_MEMORY_USED: 0,
    RUNNING_VMS: byDefault,
    RUNNING_VMS_USED: 0,
  };
  const rest = {
    SYSTEM_DISK_SIZE: byDefault,
    SYSTEM_DISK_SIZE_USED: 0,
    VMS: limits.VMS ?? byDefault,
    VMS_USED: used.VMS,
  };
  return element('VM_QUOTA', element('VM', texts({ ...told, ...running, ...rest })));
}

function datastoreQuota({ SIZE }: SimUser['limits'], usedMb: number): string {
  if (SIZE === undefined) return element('DATASTORE_QUOTA', '');
  const limits = { ID: 1, IMAGES: byDefault, IMAGES_USED: 0, SIZE, SIZE_USED: usedMb };
  return element('DATASTORE_QUOTA', element('DATASTORE', texts(limits)));
}

export const typeNames: Readonly<Record<string, number>> = {
  OS: imageType.OS,
  CDROM: imageType.CDROM,
  DATABLOCK: imageType.DATABLOCK,
};
