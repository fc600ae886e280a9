import { pollUntil } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { Tag } from '@trencadis/ids';
import { type Call, heldByOther, oldestFirst } from '@trencadis/openstack-client';
import { z } from 'zod';
import { type Owner, loadBalancerTags } from './bodies.ts';
import type { Cloud } from './cloud.ts';
import { givenUp, isImmutable, tooSlow } from './errors.ts';
import { readMarks } from './marks.ts';
import { type LoadBalancer, loadBalancer } from './records.ts';

const one = z.object({ loadbalancer: loadBalancer });

/** All of that name in the project, whoever made them. Octavia lets several have one name. */
async function named(
  { octavia }: Cloud,
  name: string,
  signal: AbortSignal,
): Promise<readonly LoadBalancer[]> {
  const query = { name, project_id: await octavia.projectId(signal) };
  const call = { path: '/loadbalancers', key: 'loadbalancers', item: loadBalancer, query };
  const found = await octavia.list(call, signal);
  return oldestFirst(found.filter((each) => each.provisioning_status !== 'DELETED'));
}

/** Ours of that name, the oldest first; beside one another only where two processes made it at once. */
export async function ownNamed(
  cloud: Cloud,
  name: string,
  signal: AbortSignal,
): Promise<readonly LoadBalancer[]> {
  return (await named(cloud, name, signal)).filter(({ tags }) => readMarks(tags)?.['balancer'] === name);
}

/** As it is for people: one that is being deleted is not there. */
export async function findLoadBalancer(
  cloud: Cloud,
  name: string,
  signal: AbortSignal,
): Promise<LoadBalancer | undefined> {
  return (await ownNamed(cloud, name, signal)).find(isThere);
}

export async function listTagged({ octavia }: Cloud, tag: Tag, signal: AbortSignal) {
  const query = { tags: `trencadis,tag=${tag}`, project_id: await octavia.projectId(signal) };
  const call = { path: '/loadbalancers', key: 'loadbalancers', item: loadBalancer, query };
  return (await octavia.list(call, signal)).filter(isThere);
}

function isThere({ provisioning_status: status }: LoadBalancer): boolean {
  return status !== 'PENDING_DELETE' && status !== 'DELETED';
}

function isStillborn({ provisioning_status: status, listeners, pools }: LoadBalancer): boolean {
  return status === 'ERROR' && (listeners ?? []).length === 0 && (pools ?? []).length === 0;
}

/** Made where there is none, active when it is answered. One that Octavia could not make, and that is bare, is made anew. */
export async function makeLoadBalancer(
  cloud: Cloud,
  owner: Owner,
  network: () => Promise<string>,
  signal: AbortSignal,
): Promise<LoadBalancer> {
  const found = await own(cloud, owner, signal);
  const isLost = (each: LoadBalancer) => !isThere(each) || isStillborn(each);
  for (const each of found.filter(isLost)) await removeLoadBalancer(cloud, each, signal);
  if (found.every(isLost)) await create(cloud, owner, await network(), signal);
  const [kept, ...others] = (await own(cloud, owner, signal)).filter(isThere);
  for (const other of others) await removeLoadBalancer(cloud, other, signal);
  if (kept === undefined) {
    throw new PlatformError('unavailable', 'Octavia does not list what it has just made. Try again later.');
  }
  return untilActive(cloud, kept, signal, cloud.waits.createMs);
}

async function own(
  cloud: Cloud,
  { name, tag }: Owner,
  signal: AbortSignal,
): Promise<readonly LoadBalancer[]> {
  const all = await named(cloud, name, signal);
  const holders = all.map(({ tags }) => readMarks(tags)).map((marks) => marks?.['tag']);
  const foreign = holders.find((holder) => holder !== tag);
  if (all.length > 0 && holders.some((holder) => holder !== tag))
    throw heldByOther('balancer', name, foreign);
  return all;
}

async function create(cloud: Cloud, owner: Owner, network: string, signal: AbortSignal): Promise<void> {
  const body = {
    loadbalancer: { name: owner.name, vip_network_id: network, tags: loadBalancerTags(owner) },
  };
  await cloud.octavia.accepted({ method: 'POST', path: '/loadbalancers', body }, signal);
}

/** Waits for what goes on at it. Given up by Octavia: an error. */
export async function untilActive(
  cloud: Cloud,
  { id, name }: Pick<LoadBalancer, 'id' | 'name'>,
  signal: AbortSignal,
  deadlineMs = cloud.waits.changeMs,
): Promise<LoadBalancer> {
  const { octavia, clock, waits } = cloud;
  let status = '';
  const look = async () => {
    const { loadbalancer } = await octavia.call({ path: `/loadbalancers/${id}` }, one, signal);
    status = loadbalancer.provisioning_status;
    if (status === 'ERROR') throw givenUp('balancer', name ?? id);
    return status === 'ACTIVE' ? loadbalancer : undefined;
  };
  const active = await pollUntil(look, { clock, everyMs: waits.pollMs, deadlineMs, signal });
  if (active === undefined) throw tooSlow(name ?? id, status);
  return active;
}

/** Whose tree is changed. */
export interface Changed {
  readonly cloud: Cloud;
  readonly balancer: Pick<LoadBalancer, 'id' | 'name'>;
  readonly signal: AbortSignal;
}

/**
 * One change of a balancer's tree. Octavia takes the next one only when the tree is ACTIVE again (409 until then), so that
 * it is waited for before, and asked again where somebody else was quicker.
 */
export async function change<Result>(at: Changed, call: Call, schema: z.ZodType<Result>): Promise<Result> {
  const { cloud, balancer, signal } = at;
  const { octavia, clock, waits } = cloud;
  const attempt = async () => {
    await untilActive(cloud, balancer, signal);
    const answer = await octavia.answer(call, signal);
    if (isImmutable(answer)) return undefined;
    if (call.method === 'DELETE' && answer.status === 404) return { result: schema.parse(undefined) };
    if (answer.status >= 400) throw octavia.refusal(call, answer);
    return { result: octavia.read(call, answer, schema) };
  };
  const options = { clock, everyMs: waits.pollMs, deadlineMs: waits.changeMs, signal };
  const done = await pollUntil(attempt, options);
  if (done === undefined) throw tooSlow(balancer.name ?? balancer.id, 'PENDING_UPDATE');
  return done.result;
}

/** With all below it; resolves when it is gone. Waits for what goes on at it before. */
export async function removeLoadBalancer(
  cloud: Cloud,
  { id, name }: Pick<LoadBalancer, 'id' | 'name'>,
  signal: AbortSignal,
): Promise<void> {
  const { octavia, clock, waits } = cloud;
  const path = `/loadbalancers/${id}`;
  let status = '';
  let wasAsked = false;
  const look = async () => {
    const found = (await octavia.find({ path }, one, signal))?.loadbalancer;
    status = found?.provisioning_status ?? 'DELETED';
    if (status === 'DELETED') return true;
    if (status === 'ERROR' && wasAsked) throw givenUp('balancer', name ?? id);
    if (status === 'ACTIVE' || status === 'ERROR') wasAsked = await askToRemove(cloud, path, signal);
    return undefined;
  };
  const isGone = await pollUntil(look, { clock, everyMs: waits.pollMs, deadlineMs: waits.changeMs, signal });
  if (isGone === undefined) throw tooSlow(name ?? id, status);
}

async function askToRemove({ octavia }: Cloud, path: string, signal: AbortSignal): Promise<boolean> {
  const call: Call = { method: 'DELETE', path, query: { cascade: 'true' } };
  const answer = await octavia.answer(call, signal);
  if (answer.status >= 400 && answer.status !== 404 && !isImmutable(answer)) {
    throw octavia.refusal(call, answer);
  }
  return answer.status < 400;
}
