import type {
  Balancer,
  BalancerHost,
  MemberPlace,
  MemberState,
  MemberStatus,
  PoolSpec,
} from '@trencadis/availability';
import type { SeenHost } from './host-group.ts';
import type { ServerRow } from './read-stat.ts';
import {
  type BalancerRecord,
  type HostRecord,
  type MemberRecord,
  backendNames,
  balancersOf,
} from './record.ts';
import { virtualAddresses } from './render-keepalived.ts';

/** What a balancer is like, as the hosts that answer say. */
export function describeRecord(
  balancer: BalancerRecord,
  hosts: readonly BalancerHost[],
  seen: readonly SeenHost[],
): Balancer {
  const pools = new Map(balancer.pools.map((pool) => [pool.name, pool]));
  const isRunning = seen.some(({ view }) => view.shape !== undefined);
  return {
    name: balancer.name,
    tag: balancer.tag,
    addresses: addressesOf(balancer, hosts),
    status: isRunning ? 'active' : 'failed',
    ...(isRunning ? {} : { failure: 'HAProxy does not run at its host.' }),
    frontends: balancer.frontends.map(({ name, port, protocol }) => ({ name, port, protocol })),
    pools: balancer.pools.map(({ name }) => name),
    members: balancer.members.flatMap((member) => {
      const pool = pools.get(member.pool);
      return pool === undefined ? [] : [statusOf(balancer.name, pool, member, seen)];
    }),
  };
}

function addressesOf({ virtualAddress }: BalancerRecord, hosts: readonly BalancerHost[]): readonly string[] {
  const own = hosts.map(({ address }) => address);
  return hosts.length > 1 && virtualAddress !== undefined ? [virtualAddress, ...own] : own;
}

function statusOf(
  balancer: string,
  pool: PoolSpec,
  { gate, ...member }: MemberRecord,
  seen: readonly SeenHost[],
): MemberStatus {
  const { checked, open } = backendNames(balancer, pool.name);
  const rows = seen.flatMap(({ view }) => view.servers.filter((row) => row.server === member.name));
  const first = rows.filter((row) => row.backend === checked);
  const counted = [...first, ...rows.filter((row) => row.backend === open)];
  const leading = rowOfLeader(checked, member.name, seen);
  const state = stateOf(gate, leading);
  const because = state === 'down' || state === 'checking' ? leading?.check : undefined;
  const latencies = first.flatMap(({ latencyMs }) => (latencyMs > 0 ? [latencyMs] : []));
  return {
    ...member,
    state,
    ...(because === undefined || because === '' ? {} : { because }),
    sessions: sum(counted.map(({ sessions }) => sessions)),
    requests: sum(counted.map(({ requests }) => requests)),
    errors: sum(counted.map(({ errors }) => errors)),
    ...(latencies.length === 0 ? {} : { latencyMs: sum(latencies) / latencies.length }),
  };
}

/** Of the host that clients reach: the one that has the virtual address, or where nobody has it, the first. */
function rowOfLeader(backend: string, server: string, seen: readonly SeenHost[]): ServerRow | undefined {
  const { view } = leaderOf(seen) ?? {};
  return view?.servers.find((row) => row.backend === backend && row.server === server);
}

function leaderOf(seen: readonly SeenHost[]): SeenHost | undefined {
  const leader = seen.find(({ view }) => {
    const moving = virtualAddresses(view.record);
    return view.addresses.some(({ address }) => moving.includes(address));
  });
  return leader ?? seen.find(({ view }) => view.shape !== undefined) ?? seen[0];
}

function stateOf(gate: MemberRecord['gate'], row: ServerRow | undefined): MemberState {
  if (gate === 'draining') return 'draining';
  if (row === undefined) return 'unknown';
  if (isUp(row)) return 'up';
  return gate === 'checking' ? 'checking' : 'down';
}

function isUp({ status }: ServerRow): boolean {
  return status === 'no check' || status.startsWith('UP');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Members that have passed their checks now, and are not recorded so yet. */
export function promotionsOf(record: HostRecord, seen: readonly SeenHost[]): readonly MemberPlace[] {
  return balancersOf(record).flatMap((balancer) =>
    balancer.members.flatMap(({ pool, name, gate }) => {
      const row = rowOfLeader(backendNames(balancer.name, pool).checked, name, seen);
      const isPassed = gate === 'checking' && row !== undefined && isUp(row);
      return isPassed ? [{ balancer: balancer.name, pool, name }] : [];
    }),
  );
}
