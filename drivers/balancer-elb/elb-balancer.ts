import type { Balancer, BalancerCapabilities, BalancerDriver, BalancerSpec } from '@trencadis/availability';
import { type AwsOptions, notFound } from '@trencadis/aws-client';
import { type Account, type Change, type Site, changing, removed, siteOf, withAccount } from './account.ts';
import { makeSecondZone, removeAddedZones } from './add-zone.ts';
import { ensureCertificates, findCertificates, removeCertificates } from './certificates.ts';
import { checkSpec } from './check-spec.ts';
import { describeBalancer, listBalancers } from './describe-balancer.ts';
import { checkBounds } from './health-check.ts';
import { syncListeners } from './listeners.ts';
import { ensureLoadBalancer, findLoadBalancer, untilSettled } from './load-balancers.ts';
import { addMember, drainMember, removeMember } from './members.ts';
import { type Places, placesOf } from './places.ts';
import { ensureRecord, findRecord, removeRecord, untilUnused } from './security-groups.ts';
import { ensureTargetGroup, findTargetGroups, removeTargetGroup } from './target-groups.ts';

const capabilities: BalancerCapabilities = {
  product: 'ELBv2',
  protocols: ['tcp', 'http', 'https'],
  // Of HTTP. Those of TCP take `source` and no `leastconn`.
  algorithms: ['roundrobin', 'leastconn'],
  routes: true,
  weights: false,
  slowStart: true,
  failClosed: false,
  failOpen: true,
  groups: true,
  memberMetrics: false,
  check: {
    leastIntervalMs: checkBounds.intervalSeconds.least * 1000,
    mostFall: checkBounds.threshold.most,
    mostRise: checkBounds.threshold.most,
  },
};

/**
 * Elastic Load Balancing of Amazon, in one region of one account: an Application Load Balancer for http and https, a
 * Network Load Balancer for tcp, and a target group for each pool (table of availability, 3.1). Everything that the
 * driver knows lies there, in tags. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/
 *
 * Members are targets by address, as replicas are known by name and address; those of a scaling group are instances.
 * Amazon goes on with what a member has for the pool's whole `drainMs`, also after `removeMember`: whoever ends the VM
 * ends it. Members of `https` pools are encrypted to and never verified.
 */
export function createElbBalancer(options: AwsOptions): BalancerDriver {
  const site = siteOf(options);
  return {
    capabilities,
    applyBalancer: (spec, signal) =>
      change(site, spec.name, { signal, work: (account) => applyBalancer(account, spec) }),
    describeBalancer: (name, signal) =>
      withAccount(site, signal, (account) => describeBalancer(account, name)),
    listBalancers: (tag, signal) => withAccount(site, signal, (account) => listBalancers(account, tag)),
    deleteBalancer: (name, signal) =>
      change(site, name, { signal, work: (account) => deleteBalancer(account, name) }),
    addMember: (balancer, member, signal) =>
      change(site, balancer, { signal, work: (account) => addMember(account, balancer, member) }),
    drainMember: (place, signal) =>
      change(site, place.balancer, { signal, work: (account) => drainMember(account, place) }),
    removeMember: (place, signal) =>
      change(site, place.balancer, { signal, work: (account) => removeMember(account, place) }),
  };
}

/** One after the other: members' records are read and written back. */
function change<Result>(site: Site, balancer: string, asked: Change<Result>): Promise<Result> {
  return changing(site, `balancer ${balancer}`, asked);
}

/** Each step finds what an earlier call that was cut off has made. */
async function applyBalancer(account: Account, spec: BalancerSpec): Promise<Balancer> {
  const kind = checkSpec(spec);
  const planned = await placesOf(account, spec, kind);
  const record = await ensureRecord(account, spec, planned.vpcId);
  const places = await withSecondZone(account, spec, planned);
  const certificates = await ensureCertificates(account, spec);
  const groupIds = [record.groupId, ...places.groupIds];
  const { arn } = await ensureLoadBalancer(account, spec, { kind, places, groupIds });
  const existing = await findTargetGroups(account, spec.name);
  const pools = new Map<string, string>();
  for (const pool of spec.pools) {
    const group = await ensureTargetGroup(account, { spec, kind, vpcId: places.vpcId, existing }, pool);
    pools.set(pool.name, group.arn);
  }
  await syncListeners(account, spec, { loadBalancerArn: arn, pools, certificates });
  const kept = new Set(pools.values());
  for (const group of existing) if (!kept.has(group.arn)) await removeTargetGroup(account, group);
  if (record.hasCertificates) await removeUnused(account, spec.name, new Set(certificates.values()));
  await untilSettled(account, spec.name);
  const balancer = await describeBalancer(account, spec.name);
  if (balancer === undefined) throw notFound('balancer', spec.name);
  return balancer;
}

async function withSecondZone(account: Account, spec: BalancerSpec, places: Places): Promise<Places> {
  if (places.second === undefined) return places;
  const id = await makeSecondZone(account, spec, places.second);
  return { ...places, subnetIds: [...new Set([...places.subnetIds, id])] };
}

async function removeUnused(account: Account, balancer: string, used: ReadonlySet<string>): Promise<void> {
  const all = await findCertificates(account, balancer);
  await removeCertificates(
    account,
    all.filter(({ arn }) => !used.has(arn)),
  );
}

/** The record last, so that what is left of a removal that was cut off is found by it. */
async function deleteBalancer(account: Account, name: string): Promise<void> {
  const found = await findLoadBalancer(account, name);
  if (found !== undefined)
    await removed(() => account.elb.deleteLoadBalancer({ LoadBalancerArn: found.arn }, account.on));
  for (const group of await findTargetGroups(account, name)) await removeTargetGroup(account, group);
  const record = await findRecord(account, name);
  if (record?.hasCertificates) await removeCertificates(account, await findCertificates(account, name));
  if (record !== undefined) await untilUnused(account, record);
  await removeAddedZones(account, name);
  if (record !== undefined) await removeRecord(account, record);
}
