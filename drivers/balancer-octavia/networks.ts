import type { BalancerSpec } from '@trencadis/availability';
import { z } from 'zod';
import type { Owner } from './bodies.ts';
import type { Cloud } from './cloud.ts';
import {
  externalNetwork,
  invalid,
  networkCalled,
  readDescription,
  writeDescription,
} from '@trencadis/openstack-client';
import type { LoadBalancer } from './records.ts';

const described = z.object({ id: z.string(), description: z.string().nullish() });
const floating = z.object({
  id: z.string(),
  floating_ip_address: z.string(),
  description: z.string().nullish(),
  port_id: z.string().nullish(),
});

/** Where a balancer stands: the first of its networks. */
export interface Site {
  readonly networkId: string;
  /** Whether clients come from outside. */
  readonly isPublic: boolean;
}

/**
 * A network by the name that the platform gave it, or by a name or id of Neutron's. What the platform knows of its own is
 * in the description of a security group of that name, which the OpenStack VM manager's driver writes.
 */
export async function siteOf(cloud: Cloud, spec: BalancerSpec, signal: AbortSignal): Promise<Site> {
  const [name] = spec.networks ?? [];
  if (name === undefined) {
    throw invalid(
      spec.name,
      `The balancer ${spec.name} stands in no network: name one whose members it reaches.`,
    );
  }
  const { neutron } = cloud;
  const query = { name, project_id: await neutron.projectId(signal) };
  const call = { path: '/security-groups', key: 'security_groups', item: described, query };
  const groups = await neutron.list(call, signal);
  const marks = groups
    .map(({ description }) => readDescription(description))
    .find((each) => each?.['network'] === name);
  const { id: networkId } = await networkCalled(neutron, marks?.['provider'] ?? name, signal);
  return { networkId, isPublic: marks?.['kind'] === 'public' };
}

/** The address at which clients from outside reach it, made where there is none yet. */
export async function makePublicAddress(
  cloud: Cloud,
  owner: Owner,
  { vip_port_id: port }: LoadBalancer,
  signal: AbortSignal,
): Promise<void> {
  if (port === undefined || port === null) return;
  const [known] = await floatingsOf(cloud, { port_id: port }, signal);
  if (known !== undefined) return;
  const { neutron, credentials } = cloud;
  const { id: network } = await externalNetwork(neutron, credentials.externalNetwork, signal);
  const description = writeDescription({ tag: owner.tag, balancer: owner.name });
  const body = { floatingip: { floating_network_id: network, port_id: port, description } };
  await neutron.accepted({ method: 'POST', path: '/floatingips', body }, signal);
}

/** Public addresses by the port that they lead to: of one balancer, or of all of the project. */
export async function publicAddresses(
  cloud: Cloud,
  { vip_port_id: port }: Partial<LoadBalancer>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const query =
    typeof port === 'string' ? { port_id: port } : { project_id: await cloud.neutron.projectId(signal) };
  const found = await floatingsOf(cloud, query, signal);
  return new Map(found.map((each) => [each.port_id ?? '', each.floating_ip_address]));
}

/** Also of a balancer that is gone already. */
export async function removePublicAddresses(
  cloud: Cloud,
  balancer: string,
  signal: AbortSignal,
): Promise<void> {
  const query = { project_id: await cloud.neutron.projectId(signal) };
  for (const { id, description } of await floatingsOf(cloud, query, signal)) {
    if (readDescription(description)?.['balancer'] !== balancer) continue;
    await cloud.neutron.remove(`/floatingips/${id}`, signal);
  }
}

function floatingsOf({ neutron }: Cloud, query: Record<string, string>, signal: AbortSignal) {
  return neutron.list({ path: '/floatingips', key: 'floatingips', item: floating, query }, signal);
}
