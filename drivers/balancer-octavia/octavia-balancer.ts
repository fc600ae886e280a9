import type { BalancerCapabilities, BalancerDriver } from '@trencadis/availability';
import { type Clock, systemClock } from '@trencadis/clock';
import { type Exclusive, createExclusive } from '@trencadis/mutex';
import { type OpenstackAccount, translated } from '@trencadis/openstack-client';
import { applyBalancer } from './apply-balancer.ts';
import { forgetOthers } from './certificates.ts';
import { checkBalancer } from './check-balancer.ts';
import { type Cloud, type Waits, openCloud } from './cloud.ts';
import { balancerOf, see, seeOne } from './describe-balancer.ts';
import { findLoadBalancer, listTagged, ownNamed, removeLoadBalancer } from './load-balancers.ts';
import { addMember, drainMember, removeMember } from './members.ts';
import { publicAddresses, removePublicAddresses } from './networks.ts';

/** What the OpenStack VM manager's credentials hold may be given as it is. */
export type OctaviaCredentials = OpenstackAccount;

export interface OctaviaBalancerOptions {
  /** Of Keystone: `https://cloud.example:5000/v3`. */
  readonly endpoint?: string;
  readonly credentials: OctaviaCredentials;
  readonly clock?: Clock;
  /**
   * Whether the cloud has a key manager (Barbican), where certificates are kept: see {@link hasKeyManager}. Default false:
   * then `https` is `unsupported`.
   */
  readonly keyManager?: boolean;
  /** For one answer of the cloud. Default 60 s. */
  readonly timeoutMs?: number;
  readonly waits?: Partial<Waits>;
}

/**
 * Balancers of one project of an OpenStack cloud: Octavia, API v2.5 (Stein, 2019) and later. All that is known of them is
 * at the cloud, in the tags of every part, so that any process finds it. A failing service is `unavailable`, a missing
 * right `forbidden`; the account needs the role `load-balancer_member`, and `creator` of Barbican for certificates.
 */
export function createOctaviaBalancer(options: OctaviaBalancerOptions): BalancerDriver {
  const cloud = cloudOf(options);
  const exclusive = createExclusive(translated);
  const capabilities = capabilitiesOf(options.keyManager === true);
  return {
    capabilities,
    ...balancersOf(cloud, exclusive, capabilities),
    addMember: (balancer, member, signal) =>
      exclusive(balancer, signal, () => addMember(cloud, balancer, member, signal)),
    drainMember: (place, signal) =>
      exclusive(place.balancer, signal, () => drainMember(cloud, place, signal)),
    removeMember: (place, signal) =>
      exclusive(place.balancer, signal, () => removeMember(cloud, place, signal)),
  };
}

/** Whether the cloud's catalog has one, for {@link OctaviaBalancerOptions.keyManager}. */
export async function hasKeyManager(options: OctaviaBalancerOptions, signal: AbortSignal): Promise<boolean> {
  const { barbican } = cloudOf(options);
  return createExclusive(translated)(undefined, signal, () => barbican.isOffered(signal));
}

function cloudOf({ clock = systemClock, ...options }: OctaviaBalancerOptions): Cloud {
  return openCloud({ ...options, clock });
}

function balancersOf(
  cloud: Cloud,
  exclusive: Exclusive,
  capabilities: BalancerCapabilities,
): Pick<BalancerDriver, 'applyBalancer' | 'describeBalancer' | 'listBalancers' | 'deleteBalancer'> {
  return {
    applyBalancer: (spec, signal) =>
      exclusive(spec.name, signal, async () => {
        checkBalancer(spec, capabilities);
        const made = await applyBalancer(cloud, spec, signal);
        return balancerOf(await seeOne(cloud, made, signal));
      }),
    describeBalancer: (name, signal) =>
      exclusive(undefined, signal, async () => {
        const found = await findLoadBalancer(cloud, name, signal);
        return found === undefined ? undefined : balancerOf(await seeOne(cloud, found, signal));
      }),
    listBalancers: (tag, signal) =>
      exclusive(undefined, signal, async () => {
        const found = await listTagged(cloud, tag, signal);
        if (found.length === 0) return [];
        const addresses = await publicAddresses(cloud, {}, signal);
        const seen = await Promise.all(found.map((each) => see(cloud, each, addresses, signal)));
        return seen.map(balancerOf);
      }),
    deleteBalancer: (name, signal) => exclusive(name, signal, () => deleteBalancer(cloud, name, signal)),
  };
}

/** Also what is left of one whose deletion was cut off. */
async function deleteBalancer(cloud: Cloud, name: string, signal: AbortSignal): Promise<void> {
  await removePublicAddresses(cloud, name, signal);
  for (const each of await ownNamed(cloud, name, signal)) await removeLoadBalancer(cloud, each, signal);
  await forgetOthers(cloud, name, new Set(), signal);
}

function capabilitiesOf(keyManager: boolean): BalancerCapabilities {
  return {
    product: 'Octavia',
    protocols: keyManager ? ['tcp', 'http', 'https'] : ['tcp', 'http'],
    algorithms: ['roundrobin', 'leastconn', 'source'],
    routes: true,
    weights: true,
    slowStart: false,
    failClosed: true,
    failOpen: false,
    memberMetrics: false,
    check: { leastIntervalMs: 1000, mostFall: 10, mostRise: 10 },
  };
}
