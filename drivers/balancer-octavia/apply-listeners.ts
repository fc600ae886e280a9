import type { FrontendSpec } from '@trencadis/availability';
import { z } from 'zod';
import type { Job } from './apply-balancer.ts';
import { listenerBody, partTags, rulesOf } from './bodies.ts';
import { differing } from './differs.ts';
import { change } from './load-balancers.ts';
import { readMarks } from './marks.ts';
import {
  type Listener,
  type Policy,
  type Pool,
  type Rule,
  listener as listenerRecord,
  policy as policyRecord,
  rule as ruleRecord,
} from './records.ts';

const oneListener = z.object({ listener: listenerRecord });
const onePolicy = z.object({ l7policy: policyRecord });
const nothing = z.unknown();

type Pools = ReadonlyMap<string, Pool>;

/** Those that nobody asks for, and those whose port or protocol changes: Octavia cannot change these. */
export async function removeStaleListeners(job: Job, before: readonly Listener[]): Promise<void> {
  const isAsked = (each: Listener) => job.spec.frontends.some((frontend) => isFor(job, frontend, each));
  for (const { id } of before.filter((each) => !isAsked(each))) {
    await change(job, { method: 'DELETE', path: `/listeners/${id}` }, nothing);
  }
}

function isFor({ spec }: Job, frontend: FrontendSpec, { tags, ...there }: Listener): boolean {
  const body = listenerBody(spec, frontend, { defaultPoolId: undefined, certificateRef: undefined });
  return (
    readMarks(tags)?.['frontend'] === frontend.name &&
    there.provisioning_status !== 'ERROR' &&
    there.protocol === body.protocol &&
    there.protocol_port === body.protocol_port
  );
}

export async function applyListeners(job: Job, before: readonly Listener[], pools: Pools): Promise<void> {
  for (const frontend of job.spec.frontends) {
    const found = before.find((each) => isFor(job, frontend, each));
    const listener = await applyListener(job, frontend, found, pools);
    await applyRoutes(job, frontend, listener, pools);
  }
}

async function applyListener(
  job: Job,
  frontend: FrontendSpec,
  found: Listener | undefined,
  pools: Pools,
): Promise<Listener> {
  const { spec, kept, balancer } = job;
  const defaultPoolId = pools.get(frontend.defaultPool ?? '')?.id;
  const certificateRef = kept.certificates.get(frontend.name);
  const body = listenerBody(spec, frontend, { defaultPoolId, certificateRef });
  if (found === undefined) {
    const listener = { ...body, loadbalancer_id: balancer.id };
    const call = { method: 'POST', path: '/listeners', body: { listener } } as const;
    return (await change(job, call, oneListener)).listener;
  }
  const { protocol: _, protocol_port: __, ...changeable } = body;
  const changed = differing(found, changeable);
  if (changed === undefined) return found;
  const call = { method: 'PUT', path: `/listeners/${found.id}`, body: { listener: changed } } as const;
  return (await change(job, call, oneListener)).listener;
}

/** Policies in the order of the routes. Each is found by its marks, and made anew from the first that is otherwise on. */
async function applyRoutes(
  job: Job,
  frontend: FrontendSpec,
  listener: Listener,
  pools: Pools,
): Promise<void> {
  const { cloud, signal } = job;
  const query = { listener_id: listener.id };
  const call = { path: '/l7policies', key: 'l7policies', item: policyRecord, query };
  const there = (await cloud.octavia.list(call, signal)).toSorted(
    (one, other) => one.position - other.position,
  );
  let same = 0;
  while (await isRouteOf(job, there[same], frontend.routes[same], pools)) same += 1;
  for (const { id } of there.slice(same)) {
    await change(job, { method: 'DELETE', path: `/l7policies/${id}` }, nothing);
  }
  for (const [index, route] of frontend.routes.entries()) {
    if (index >= same) await makeRoute(job, { frontend: frontend.name, listener, index, route }, pools);
  }
}

type Route = FrontendSpec['routes'][number];

async function isRouteOf(
  { cloud, signal }: Job,
  policy: Policy | undefined,
  route: Route | undefined,
  pools: Pools,
): Promise<boolean> {
  if (policy === undefined || route === undefined) return false;
  if (!policy.admin_state_up || policy.redirect_pool_id !== pools.get(route.pool)?.id) return false;
  const path = `/l7policies/${policy.id}/rules`;
  const rules = await cloud.octavia.list({ path, key: 'rules', item: ruleRecord }, signal);
  const words = ({ type, compare_type: how, value }: Pick<Rule, 'type' | 'compare_type' | 'value'>) =>
    `${type} ${how} ${value}`;
  return rules.map(words).toSorted().join('\n') === rulesOf(route).map(words).toSorted().join('\n');
}

interface RoutePlan {
  readonly frontend: string;
  readonly listener: Listener;
  readonly index: number;
  readonly route: Route;
}

/** Disabled until it has all of its rules: with some of them only, it would take too much. */
async function makeRoute(
  job: Job,
  { frontend, listener, index, route }: RoutePlan,
  pools: Pools,
): Promise<void> {
  const { spec } = job;
  const policy = {
    name: `${spec.name}-${frontend}-${index + 1}`,
    listener_id: listener.id,
    action: 'REDIRECT_TO_POOL',
    redirect_pool_id: pools.get(route.pool)?.id,
    position: index + 1,
    admin_state_up: false,
    tags: partTags(spec, 'frontend', frontend),
  };
  const making = { method: 'POST', path: '/l7policies', body: { l7policy: policy } } as const;
  const { l7policy: made } = await change(job, making, onePolicy);
  const path = `/l7policies/${made.id}`;
  for (const rule of rulesOf(route)) {
    const body = { rule: { ...rule, tags: partTags(spec, 'frontend', frontend) } };
    await change(job, { method: 'POST', path: `${path}/rules`, body }, nothing);
  }
  const body = { l7policy: { admin_state_up: true } };
  await change(job, { method: 'PUT', path, body }, nothing);
}
