import type { Cloud } from './cloud.ts';
import { readMarks } from './marks.ts';
import {
  type HealthMonitor,
  type Listener,
  type LoadBalancer,
  type Member,
  type Pool,
  healthMonitor,
  listener,
  member,
  pool,
} from './records.ts';

/** What stands below a balancer without its members; what is being deleted is left out. */
export interface Tree {
  readonly listeners: readonly Listener[];
  readonly pools: readonly Pool[];
  readonly monitors: readonly HealthMonitor[];
}

/** Three calls, however large it is. */
export async function readTree(
  { octavia }: Cloud,
  { id, name }: Pick<LoadBalancer, 'id' | 'name'>,
  signal: AbortSignal,
): Promise<Tree> {
  const query = { loadbalancer_id: id };
  const ours = { tags: `trencadis,balancer=${name}` };
  const [listeners, pools, all] = await Promise.all([
    octavia.list({ path: '/listeners', key: 'listeners', item: listener, query }, signal),
    octavia.list({ path: '/pools', key: 'pools', item: pool, query }, signal),
    octavia.list(
      { path: '/healthmonitors', key: 'healthmonitors', item: healthMonitor, query: ours },
      signal,
    ),
  ]);
  const own = new Set(pools.map((each) => each.id));
  return {
    listeners: listeners.filter(isThere),
    pools: pools.filter(isThere),
    monitors: all.filter((each) => each.pools.some((one) => own.has(one.id))),
  };
}

export async function membersOf(
  { octavia }: Cloud,
  { id }: Pick<Pool, 'id'>,
  signal: AbortSignal,
): Promise<readonly Member[]> {
  const members = await octavia.list({ path: `/pools/${id}/members`, key: 'members', item: member }, signal);
  return members.filter(isThere);
}

function isThere({ provisioning_status: status }: { readonly provisioning_status: string }): boolean {
  return status !== 'PENDING_DELETE' && status !== 'DELETED';
}

/** By the name in its marks, the one of that protocol first: beside one another only while one replaces the other. */
export function poolNamed(pools: readonly Pool[], name: string, protocol?: string): Pool | undefined {
  const all = pools.filter(({ tags }) => readMarks(tags)?.['pool'] === name);
  return all.find((each) => each.protocol === protocol) ?? all[0];
}

/** On which port its members are checked, where that is not their own. */
export function checkPortOf(monitors: readonly HealthMonitor[], { id }: Pool): number | undefined {
  const found = monitors.find(({ pools }) => pools.some((each) => each.id === id));
  const port = readMarks(found?.tags)?.['check-port'];
  return port === undefined ? undefined : Number(port);
}
