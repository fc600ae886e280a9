import type { Balancer, FrontendSpec, MemberState, MemberStatus } from '@trencadis/availability';
import { type Tag, parseId } from '@trencadis/ids';
import type { Cloud } from './cloud.ts';
import { readMarks } from './marks.ts';
import { publicAddresses } from './networks.ts';
import type { HealthMonitor, Listener, LoadBalancer, Member, Pool } from './records.ts';
import { type Tree, membersOf, readTree } from './tree.ts';

/** What is asked of the cloud about it. */
export interface Seen {
  readonly balancer: LoadBalancer;
  readonly tree: Tree;
  readonly members: ReadonlyMap<string, readonly Member[]>;
  readonly publicAddress: string | undefined;
}

/** Members are asked for pool by pool, as the API has no list of them all. */
export async function see(
  cloud: Cloud,
  balancer: LoadBalancer,
  addresses: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Seen> {
  const tree = await readTree(cloud, balancer, signal);
  const members = await Promise.all(
    tree.pools.map(async (pool) => [pool.id, await membersOf(cloud, pool, signal)] as const),
  );
  const publicAddress = addresses.get(balancer.vip_port_id ?? 'none');
  return { balancer, tree, members: new Map(members), publicAddress };
}

export async function seeOne(cloud: Cloud, balancer: LoadBalancer, signal: AbortSignal): Promise<Seen> {
  return see(cloud, balancer, await publicAddresses(cloud, balancer, signal), signal);
}

const protocols: Readonly<Record<string, FrontendSpec['protocol']>> = {
  TCP: 'tcp',
  HTTP: 'http',
  TERMINATED_HTTPS: 'https',
};

export function balancerOf({ balancer, tree, members, publicAddress }: Seen): Balancer {
  const { vip_address: inner } = balancer;
  const addresses = [publicAddress, inner].filter((each) => typeof each === 'string');
  const frontends = tree.listeners.flatMap(frontendOf).toSorted(byName);
  const pools = [...new Set(tree.pools.flatMap(({ tags }) => readMarks(tags)?.['pool'] ?? []))].toSorted();
  const statuses = tree.pools.flatMap((pool) =>
    (members.get(pool.id) ?? []).flatMap((member) => memberOf(pool, member, tree.monitors)),
  );
  return {
    name: balancer.name ?? balancer.id,
    tag: (readMarks(balancer.tags)?.['tag'] ?? '') as Tag,
    addresses,
    ...statusOf(balancer, tree),
    frontends,
    pools,
    members: statuses.toSorted(byName),
  };
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}

/** Without a listener it was not made to its end. */
function statusOf(
  { provisioning_status: status, name }: LoadBalancer,
  { listeners, pools }: Tree,
): Pick<Balancer, 'status' | 'failure'> {
  const parts = [...listeners, ...pools];
  const broken = parts.find((each) => each.provisioning_status === 'ERROR')?.name ?? undefined;
  const failed = status === 'ERROR' ? (name ?? 'balancer') : broken;
  if (failed !== undefined) return { status: 'failed', failure: `Octavia gave ${failed} up (status ERROR).` };
  return { status: status === 'PENDING_CREATE' || listeners.length === 0 ? 'creating' : 'active' };
}

function frontendOf({ tags, protocol_port: port, protocol }: Listener): Balancer['frontends'] {
  const name = readMarks(tags)?.['frontend'];
  const spoken = protocols[protocol];
  return name === undefined || spoken === undefined ? [] : [{ name, port, protocol: spoken }];
}

/** Those that are not ours are left out. */
function memberOf(pool: Pool, member: Member, monitors: readonly HealthMonitor[]): readonly MemberStatus[] {
  const marks = readMarks(member.tags);
  const name = parseId('VmName', marks?.['vm'] ?? '');
  const poolName = readMarks(pool.tags)?.['pool'];
  if (marks === undefined || name === undefined || poolName === undefined) return [];
  const state = memberState(member);
  const because = reasonOf(
    state,
    member,
    monitors.find(({ id }) => id === pool.healthmonitor_id),
  );
  return [
    {
      pool: poolName,
      name,
      address: member.address,
      port: member.protocol_port,
      weight: Number(marks['weight'] ?? member.weight),
      state,
      ...(because === undefined ? {} : { because }),
    },
  ];
}

/**
 * https://docs.openstack.org/api-ref/load-balancer/v2/#operating-status-codes. OFFLINE is also said of a member of which
 * nothing has been heard yet; NO_MONITOR of one that nobody checks.
 */
const states: Readonly<Record<string, MemberState>> = {
  ONLINE: 'up',
  OFFLINE: 'checking',
  ERROR: 'down',
  DRAINING: 'checking',
  DEGRADED: 'down',
  NO_MONITOR: 'unknown',
};

/** What we have asked for is known before Octavia's health manager says so, up to ten seconds later. */
export function memberState(member: Pick<Member, 'tags' | 'weight' | 'operating_status'>): MemberState {
  const isDraining = readMarks(member.tags)?.['draining'] !== undefined;
  if (isDraining || (member.weight === 0 && member.operating_status === 'DRAINING')) return 'draining';
  return states[member.operating_status] ?? 'unknown';
}

function reasonOf(
  state: MemberState,
  member: Member,
  monitor: HealthMonitor | undefined,
): string | undefined {
  if (state === 'up' || state === 'draining') return undefined;
  const check =
    monitor === undefined ? 'no check' : `its ${monitor.type} check ${monitor.url_path ?? ''}`.trim();
  return `Octavia says ${member.operating_status} by ${check}.`;
}
