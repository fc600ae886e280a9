import { parseAddress } from '@trencadis/ipv4';
import { imageState, imageType } from '../../one-image.ts';
import { vnetState } from '../../one-network.ts';
import type { Template, Vector } from './template.ts';

/** What an ACL rule may let a user create. */
export type Creatable = 'VM' | 'IMAGE' | 'SECGROUP' | 'NET';

export interface Limits {
  VMS?: number;
  CPU?: number;
  MEMORY?: number;
  /** MB in the image datastore. */
  SIZE?: number;
}

export interface SimUser {
  readonly id: number;
  readonly gid: number;
  readonly name: string;
  readonly password: string;
  readonly rights: Set<Creatable>;
  readonly limits: Limits;
  token?: { readonly text: string; isExpired: boolean };
}

export interface SimVm {
  readonly id: number;
  readonly uid: number;
  readonly name: string;
  state: number;
  lcm: number;
  prevState: number;
  prevLcm: number;
  /** Counts what was asked of it: what an earlier one has begun does not go on. */
  turn: number;
  cpu: number;
  vcpu: number;
  memoryMb: number;
  disks: Vector[];
  readonly nics: readonly Vector[];
  readonly context: Vector | undefined;
  readonly templateId: number | undefined;
  notes: Template;
  hasHost: boolean;
}

export interface SimImage {
  readonly id: number;
  readonly uid: number;
  readonly name: string;
  readonly type: number;
  readonly isPersistent: boolean;
  readonly isPublic: boolean;
  readonly sizeMb: number;
  state: number;
  attributes: Template;
  readonly vmIds: Set<number>;
  /** What OpenNebula says when it copies this image to a VM; absent: the VM boots. */
  readonly breaksWith?: string;
}

export interface SimRange {
  readonly id: number;
  readonly first: number;
  readonly size: number;
  readonly parentRange?: number;
}

export interface SimVnet {
  readonly id: number;
  readonly uid: number;
  readonly name: string;
  readonly isPublic: boolean;
  readonly parent: number | undefined;
  state: number;
  attributes: Template;
  readonly ranges: readonly SimRange[];
  /** By address, who has it: a VM, or another network. */
  readonly leases: Map<number, { readonly kind: 'vm' | 'net'; readonly id: number }>;
}

export interface SimGroup {
  readonly id: number;
  readonly uid: number;
  readonly name: string;
  attributes: Template;
}

export interface SimTemplate {
  readonly id: number;
  readonly name: string;
  readonly template: Template;
}

export interface SimWorld {
  readonly users: readonly SimUser[];
  readonly vms: Map<number, SimVm>;
  readonly images: Map<number, SimImage>;
  readonly vnets: Map<number, SimVnet>;
  readonly groups: Map<number, SimGroup>;
  readonly templates: readonly SimTemplate[];
  readonly vnTemplates: readonly SimTemplate[];
  readonly datastore: { freeMb: number; totalMb: number };
  /** How long each change of state takes. */
  readonly stepMs: number;
  /** Guests that do not go when they are asked to: they have to be cut off. */
  hasDeafGuests: boolean;
  /** Full: what is pending stays so until there is room and its turn comes anew. */
  isFull: boolean;
  readonly queue: { at: number; apply: () => void }[];
  nextId: number;
}

const GiB = 1024;

/** A site with two users, an image, one that breaks, a template, a public network and a template of networks. */
export function newWorld(stepMs: number): SimWorld {
  const all: Creatable[] = ['VM', 'IMAGE', 'SECGROUP', 'NET'];
  const user = {
    gid: 100,
    rights: new Set(all),
    limits: { VMS: 40, CPU: 80, MEMORY: 65_536, SIZE: 200 * GiB },
  };
  return {
    users: [
      { id: 0, gid: 0, name: 'oneadmin', password: 'admin-secret', rights: new Set(all), limits: {} },
      { id: 2, name: 'trencadis', password: 'pa$s:"word', ...user },
      { id: 3, gid: 100, name: 'guest', password: 'guest-secret', rights: new Set(), limits: {} },
    ],
    vms: new Map(),
    images: new Map([
      siteImage(0, 'debian-12'),
      siteImage(1, 'broken', 'Error executing image transfer script'),
    ]),
    vnets: new Map([publicVnet()]),
    groups: new Map([[0, { id: 0, uid: 0, name: 'default', attributes: openRules }]]),
    templates: [{ id: 0, name: 'debian', template: vmTemplate }],
    vnTemplates: [
      {
        id: 0,
        name: 'tenant',
        template: [
          { name: 'VN_MAD', value: 'vxlan' },
          { name: 'PHYDEV', value: 'eth1' },
        ],
      },
    ],
    datastore: { freeMb: 500 * GiB, totalMb: 1000 * GiB },
    stepMs,
    hasDeafGuests: false,
    isFull: false,
    queue: [],
    nextId: 10,
  };
}

const openRules: Template = ['OUTBOUND', 'INBOUND'].map((type) => ({
  name: 'RULE',
  value: { PROTOCOL: 'ALL', RULE_TYPE: type },
}));

const vmTemplate: Template = [
  { name: 'CPU', value: '1' },
  { name: 'MEMORY', value: '128' },
  { name: 'DISK', value: { IMAGE_ID: '0', DEV_PREFIX: 'vd' } },
  { name: 'CONTEXT', value: { NETWORK: 'YES', REPORT_READY: 'NO' } },
  { name: 'GRAPHICS', value: { TYPE: 'VNC', LISTEN: '0.0.0.0' } },
];

function siteImage(id: number, name: string, breaksWith?: string): readonly [number, SimImage] {
  return [
    id,
    {
      id,
      uid: 0,
      name,
      type: imageType.OS,
      isPersistent: false,
      isPublic: true,
      sizeMb: 2 * GiB,
      state: imageState.READY,
      attributes: [
        { name: 'DESCRIPTION', value: 'Debian & <friends>' },
        { name: 'DEV_PREFIX', value: 'vd' },
      ],
      vmIds: new Set(),
      ...(breaksWith === undefined ? {} : { breaksWith }),
    },
  ];
}

function publicVnet(): readonly [number, SimVnet] {
  const text = { NETWORK_ADDRESS: '192.0.2.0', NETWORK_MASK: '255.255.255.0', GATEWAY: '192.0.2.1' };
  const attributes = { ...text, VN_MAD: 'fw', BRIDGE: 'br-public', PHYDEV: 'eth0', SECURITY_GROUPS: '0' };
  return [
    0,
    {
      id: 0,
      uid: 0,
      name: 'public',
      isPublic: true,
      parent: undefined,
      state: vnetState.READY,
      attributes: Object.entries(attributes).map(([name, value]) => ({ name, value })),
      ranges: [{ id: 0, first: parseAddress('192.0.2.10') ?? 0, size: 200 }],
      leases: new Map(),
    },
  ];
}

export function takeId(world: SimWorld): number {
  world.nextId += 1;
  return world.nextId;
}

/** After so many steps of time. */
export function later(world: SimWorld, steps: number, apply: () => void): void {
  world.queue.push({ at: performance.now() + steps * world.stepMs, apply });
}

/** All that is due happens before anybody looks, in its order. */
export function settle(world: SimWorld): void {
  for (;;) {
    const now = performance.now();
    const due = world.queue.filter(({ at }) => at <= now).toSorted((one, other) => one.at - other.at);
    const [first] = due;
    if (first === undefined) return;
    world.queue.splice(world.queue.indexOf(first), 1);
    first.apply();
  }
}
