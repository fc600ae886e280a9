import type { BalancerSpec } from '@trencadis/availability';
import { applyListeners, removeStaleListeners } from './apply-listeners.ts';
import { applyPools, removeStalePools } from './apply-pools.ts';
import { forgetOthers, keepAuthority, keepCertificate } from './certificates.ts';
import type { Cloud } from './cloud.ts';
import { makeLoadBalancer, untilActive } from './load-balancers.ts';
import { makePublicAddress, siteOf } from './networks.ts';
import type { LoadBalancer } from './records.ts';
import { isSpokenTo } from './bodies.ts';
import { readTree } from './tree.ts';

/** Where what is secret of a balancer is kept, by frontend and by pool. */
export interface KeptParts {
  readonly certificates: ReadonlyMap<string, string>;
  readonly authorities: ReadonlyMap<string, string>;
}

/**
 * Makes whatever of it is not there, changes what is otherwise, removes what is no longer asked for; so that what was cut
 * off anywhere is finished by asking again. Step by step, as Octavia's API is able to make all at once but leaves the
 * parts PENDING_CREATE for ever in 11.0 (its worker forgets the listeners), and its pools and policies take no children.
 */
export async function applyBalancer(
  cloud: Cloud,
  spec: BalancerSpec,
  signal: AbortSignal,
): Promise<LoadBalancer> {
  const site = await siteOf(cloud, spec, signal);
  const balancer = await makeLoadBalancer(cloud, spec, async () => site.networkId, signal);
  if (site.isPublic) await makePublicAddress(cloud, spec, balancer, signal);
  const kept = await keepParts(cloud, spec, signal);
  const job: Job = { cloud, spec, balancer, kept, signal };
  const before = await readTree(cloud, balancer, signal);
  const pools = await applyPools(job, before);
  await removeStaleListeners(job, before.listeners);
  await applyListeners(job, before.listeners, pools);
  await removeStalePools(job, before.pools, pools);
  if (hasCertificates(spec)) await forgetEarlier(job);
  return untilActive(cloud, balancer, signal);
}

/** What every part of the work needs. */
export interface Job {
  readonly cloud: Cloud;
  readonly spec: BalancerSpec;
  readonly balancer: LoadBalancer;
  readonly kept: KeptParts;
  readonly signal: AbortSignal;
}

async function keepParts(cloud: Cloud, spec: BalancerSpec, signal: AbortSignal): Promise<KeptParts> {
  const certificates = new Map<string, string>();
  const authorities = new Map<string, string>();
  for (const { name, certificate, protocol } of spec.frontends) {
    if (protocol !== 'https' || certificate === undefined) continue;
    const place = { balancer: spec.name, part: `frontend-${name}` };
    certificates.set(name, await keepCertificate(cloud, place, certificate, signal));
  }
  for (const { name, protocol, authorityPem } of spec.pools) {
    if (protocol !== 'https' || authorityPem === undefined || !isSpokenTo(spec, name)) continue;
    const place = { balancer: spec.name, part: `pool-${name}` };
    authorities.set(name, await keepAuthority(cloud, place, authorityPem, signal));
  }
  return { certificates, authorities };
}

function hasCertificates({ frontends, pools }: BalancerSpec): boolean {
  return [...frontends, ...pools].some(({ protocol }) => protocol === 'https');
}

async function forgetEarlier({ cloud, spec, kept, signal }: Job): Promise<void> {
  const used = new Set([...kept.certificates.values(), ...kept.authorities.values()]);
  await forgetOthers(cloud, spec.name, used, signal);
}
