import type { PoolSpec } from '@trencadis/availability';
import type { ServerRow } from './read-stat.ts';
import {
  type BalancerRecord,
  type HostRecord,
  type MemberRecord,
  backendNames,
  balancersOf,
} from './record.ts';
import { endpointOf, openServerOptions, serverOptions } from './server-line.ts';

export interface RuntimePlan {
  /** What has to be said to HAProxy's socket so that its servers are as recorded. */
  readonly commands: readonly string[];
  /** What is better gone, and may still be in use: tried, and tried again. */
  readonly tidying: readonly string[];
}

/** The difference between the members that are recorded and the servers that HAProxy has; empty where there is none. */
export function planRuntime(record: HostRecord, rows: readonly ServerRow[]): RuntimePlan {
  const wanted = balancersOf(record).flatMap(serversOf);
  const byName = new Map(rows.map((row) => [`${row.backend}/${row.server}`, row]));
  const names = new Set(wanted.map(({ name }) => name));
  const extra = [...byName].filter(([name]) => !names.has(name));
  return {
    commands: [
      ...wanted.flatMap((server) => adjust(server, byName.get(server.name))),
      ...extra.filter(([, { status }]) => !status.startsWith('MAINT')).flatMap(([name]) => remove(name)),
    ],
    tidying: extra
      .filter(([, { status }]) => status.startsWith('MAINT'))
      .map(([name]) => `del server ${name}`),
  };
}

interface WantedServer {
  readonly name: string;
  readonly member: MemberRecord;
  readonly options: string;
  /** Absent: it is not checked. */
  readonly checkPort?: number;
  /** Its value is a digest of the address that is made when the address changes, and not when it joins. */
  readonly hasCookie: boolean;
}

function serversOf(balancer: BalancerRecord): readonly WantedServer[] {
  const pools = new Map(balancer.pools.map((pool) => [pool.name, pool]));
  return balancer.members.flatMap((member) => {
    const pool = pools.get(member.pool);
    return pool === undefined ? [] : serversOfMember(balancer.name, pool, member);
  });
}

function serversOfMember(balancer: string, pool: PoolSpec, member: MemberRecord): readonly WantedServer[] {
  const { checked, open } = backendNames(balancer, pool.name);
  const hasCookie = pool.isSticky && pool.protocol !== 'tcp';
  const first = {
    name: `${checked}/${member.name}`,
    member,
    options: serverOptions(balancer, pool, member),
    hasCookie,
  };
  const second = {
    ...first,
    name: `${open}/${member.name}`,
    options: openServerOptions(balancer, pool, member),
  };
  const checkedFirst = { ...first, checkPort: pool.check.port ?? member.port };
  return pool.failsOpen ? [checkedFirst, second] : [checkedFirst];
}

function adjust(server: WantedServer, row: ServerRow | undefined): readonly string[] {
  if (row === undefined) return join(server);
  const { name, member } = server;
  const hasMoved = row.endpoint !== endpointOf(member);
  return [
    ...(row.weight === member.weight ? [] : [`set server ${name} weight ${member.weight}`]),
    ...(hasMoved ? [...putOut(server, row), ...moveTo(server)] : []),
    ...(getsRequests(server) ? comeIn(server, row, hasMoved) : hasMoved ? [] : putOut(server, row)),
  ];
}

/** Stickiness keeps clients at a server that is in `drain`, and not at one that is in `maint`. What goes on there goes on in both. */
function putOut({ name }: WantedServer, { status }: ServerRow): readonly string[] {
  return status.startsWith('MAINT') ? [] : [`set server ${name} state maint`];
}

function comeIn(server: WantedServer, { status }: ServerRow, hasMoved: boolean): readonly string[] {
  return hasMoved || /^(MAINT|DRAIN)/.test(status) ? letIn(server) : [];
}

/** Without checks, only what was seen up: the others would get requests before any check was passed. */
function getsRequests({ member, checkPort }: WantedServer): boolean {
  return member.gate === 'ready' || (checkPort !== undefined && member.gate === 'checking');
}

function join(server: WantedServer): readonly string[] {
  const { name, member, options, hasCookie } = server;
  return [
    `add server ${name} ${endpointOf(member)} ${options}`,
    ...(hasCookie ? setAddress(name, nowhereFor(member), member.port) : []),
    ...(hasCookie ? setAddress(name, member.address, member.port) : []),
    ...(getsRequests(server) ? letIn(server) : []),
  ];
}

function nowhereFor({ address }: MemberRecord): string {
  return address.includes(':') ? '::1' : '127.0.0.253';
}

function setAddress(name: string, address: string, port: number): readonly string[] {
  return [`set server ${name} addr ${address} port ${port}`];
}

function moveTo({ name, member, checkPort }: WantedServer): readonly string[] {
  return [
    ...setAddress(name, member.address, member.port),
    ...(checkPort === undefined ? [] : [`set server ${name} check-port ${checkPort}`]),
  ];
}

/**
 * HC-04: it joins as if its checks had failed, so that HAProxy lets it in by itself once `rise` of them were passed.
 * Leaving `maint` sets its health to good; from `drain`, where nothing new comes either, it can be set to bad.
 */
function letIn({ name, checkPort }: WantedServer): readonly string[] {
  const gate = [`enable health ${name}`, `set server ${name} state drain`, `set server ${name} health down`];
  return [...(checkPort === undefined ? [] : gate), `set server ${name} state ready`];
}

/** What goes on there is cut; while it is in use still, it cannot be deleted. */
function remove(name: string): readonly string[] {
  return [`set server ${name} state maint`, `shutdown sessions server ${name}`, `del server ${name}`];
}
