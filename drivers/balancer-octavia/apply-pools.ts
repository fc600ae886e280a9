import type { PoolSpec } from '@trencadis/availability';
import { z } from 'zod';
import type { Job } from './apply-balancer.ts';
import { type PoolBody, monitorBody, poolBody } from './bodies.ts';
import { differing } from './differs.ts';
import { givenUp } from './errors.ts';
import { change } from './load-balancers.ts';
import { type HealthMonitor, type Pool, healthMonitor, pool as poolRecord } from './records.ts';
import { type Tree, checkPortOf, membersOf, poolNamed } from './tree.ts';

const onePool = z.object({ pool: poolRecord });
const oneMonitor = z.object({ healthmonitor: healthMonitor });
const nothing = z.unknown();

/** All that are asked for, by name. One whose protocol is another is made beside the old one, with its members. */
export async function applyPools(job: Job, { pools, monitors }: Tree): Promise<ReadonlyMap<string, Pool>> {
  const made = new Map<string, Pool>();
  for (const asked of job.spec.pools) {
    const body = poolBody(job.spec, asked, job.kept.authorities.get(asked.name));
    const found = poolNamed(pools, asked.name, body.protocol);
    const isFitting = found?.protocol === body.protocol;
    const kept =
      isFitting && found !== undefined ? await updatePool(job, found, body) : await createPool(job, body);
    await applyMonitor(job, asked, kept, monitors);
    if (!isFitting && found !== undefined) await takeMembersOver(job, found, kept);
    made.set(asked.name, kept);
  }
  return made;
}

async function createPool(job: Job, body: PoolBody): Promise<Pool> {
  const call = {
    method: 'POST',
    path: '/pools',
    body: { pool: { ...body, loadbalancer_id: job.balancer.id } },
  } as const;
  return (await change(job, call, onePool)).pool;
}

async function updatePool(job: Job, found: Pool, body: PoolBody): Promise<Pool> {
  if (found.provisioning_status === 'ERROR') throw givenUp('pool', body.name);
  const { protocol: _, ...changeable } = body;
  const changed = differing(found, changeable);
  if (changed === undefined) return found;
  const call = { method: 'PUT', path: `/pools/${found.id}`, body: { pool: changed } } as const;
  return (await change(job, call, onePool)).pool;
}

/** A pool's check: one at most. That of another type is removed before. */
async function applyMonitor(
  job: Job,
  asked: PoolSpec,
  pool: Pool,
  monitors: readonly HealthMonitor[],
): Promise<void> {
  const body = monitorBody(job.spec, asked);
  const found = monitors.find(({ pools }) => pools.some(({ id }) => id === pool.id));
  const isFitting = found?.type === body.type && found.provisioning_status !== 'ERROR';
  if (found !== undefined && !isFitting) {
    await change(job, { method: 'DELETE', path: `/healthmonitors/${found.id}` }, nothing);
  }
  if (found === undefined || !isFitting) {
    const made = { healthmonitor: { ...body, pool_id: pool.id } };
    await change(job, { method: 'POST', path: '/healthmonitors', body: made }, oneMonitor);
    await moveCheckPort(job, asked, pool, checkPortOf(monitors, pool));
    return;
  }
  const { type: _, ...changeable } = body;
  const changed = differing(found, withoutHost(changeable, found));
  if (changed === undefined) return;
  const call = {
    method: 'PUT',
    path: `/healthmonitors/${found.id}`,
    body: { healthmonitor: changed },
  } as const;
  await change(job, call, oneMonitor);
  await moveCheckPort(job, asked, pool, checkPortOf(monitors, pool));
}

/** A host name that is no longer asked for is taken away. */
function withoutHost<Body extends object>(body: Body, { domain_name: known }: HealthMonitor): Body {
  const hasHost = 'domain_name' in body;
  return hasHost || known === null || known === undefined
    ? body
    : { ...body, http_version: null, domain_name: null };
}

/** The port of a check is each member's own. */
async function moveCheckPort(
  job: Job,
  { check }: PoolSpec,
  pool: Pool,
  before: number | undefined,
): Promise<void> {
  if (before === check.port) return;
  for (const { id } of await membersOf(job.cloud, pool, job.signal)) {
    const body = { member: { monitor_port: check.port ?? null } };
    const call = { method: 'PUT', path: `/pools/${pool.id}/members/${id}`, body } as const;
    await change(job, call, nothing);
  }
}

async function takeMembersOver(job: Job, from: Pool, to: Pool): Promise<void> {
  const { cloud, signal } = job;
  const there = new Set((await membersOf(cloud, to, signal)).map(addressOf));
  for (const member of await membersOf(cloud, from, signal)) {
    if (there.has(addressOf(member))) continue;
    const { name, tags, address, protocol_port, weight, admin_state_up, monitor_port } = member;
    const copy = { name, tags, address, protocol_port, weight, admin_state_up, monitor_port };
    const call = { method: 'POST', path: `/pools/${to.id}/members`, body: { member: copy } } as const;
    await change(job, call, nothing);
  }
}

function addressOf({ address, protocol_port: port }: { address: string; protocol_port: number }): string {
  return `${address} ${port}`;
}

/** With their members and checks. After the listeners have let go of them. */
export async function removeStalePools(
  job: Job,
  before: readonly Pool[],
  kept: ReadonlyMap<string, Pool>,
): Promise<void> {
  const ids = new Set([...kept.values()].map(({ id }) => id));
  for (const { id } of before.filter((each) => !ids.has(each.id))) {
    await change(job, { method: 'DELETE', path: `/pools/${id}` }, nothing);
  }
}
