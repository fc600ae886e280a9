import { type ServiceSpec, readServices } from '@trencadis/availability';
import {
  type RadlDeploy,
  type RadlDocument,
  type RadlSystem,
  type Span,
  interfacesOf,
  isPublicNetwork,
  parseRadl,
  textOf,
} from '@trencadis/radl';
import type { ReplicaCounts } from '../model.ts';

/**
 * The document in which `deploy` of a service is a `deploy` of so many replicas of its system, and of the VMs of its
 * balancer; of its services, those that are deployed stay. Pure; everything that is decided about VMs builds on it.
 */
export function expandServices(document: RadlDocument, counts: ReplicaCounts = {}): RadlDocument {
  const specs = new Map(readServices(document).map((spec) => [spec.id, spec]));
  if (specs.size === 0) return document;
  const ids = new Set(document.systems.map(({ id }) => id));
  const added: RadlSystem[] = [];
  const deploys = document.deploys.flatMap((deploy): readonly RadlDeploy[] => {
    const spec = specs.get(deploy.systemId);
    if (spec === undefined) return [deploy];
    const balancer = balancerSystem(document, spec, deploy.span);
    if (balancer && !ids.has(balancer.id)) added.push(balancer);
    return [...replicaDeploys(spec, deploy, counts[spec.id]), ...balancerDeploys(spec, deploy, balancer)];
  });
  const deployed = new Set(document.deploys.map(({ systemId }) => systemId));
  const services = document.services.filter(({ id }) => deployed.has(id));
  return { ...document, systems: [...document.systems, ...added], services, deploys };
}

/** Id of the system that the VMs of a service's balancer are made of, where the document names none. */
export function balancerSystemId(serviceId: string): string {
  return `${serviceId}-balancer`;
}

/** How many replicas there are at first. */
export function firstCounts({ replicas: { min, clouds, place } }: ServiceSpec): Record<string, number> {
  const [first = ''] = clouds;
  if (place === 'fallback' || clouds.length < 2) return { [first]: min };
  return Object.fromEntries(
    clouds.map((cloud, index) => [cloud, Math.floor((min + clouds.length - 1 - index) / clouds.length)]),
  );
}

function replicaDeploys(
  spec: ServiceSpec,
  { span }: RadlDeploy,
  counts: Readonly<Record<string, number>> = firstCounts(spec),
): readonly RadlDeploy[] {
  // Placed and given an image like any other, and none of its VMs is ours.
  if (spec.scaling.engine === 'native') {
    const [cloudId] = spec.replicas.clouds;
    return [{ systemId: spec.systemId, count: 0, ...(cloudId === undefined ? {} : { cloudId }), span }];
  }
  return Object.entries(counts).map(([cloud, count]) => ({
    systemId: spec.systemId,
    count,
    ...(cloud === '' ? {} : { cloudId: cloud }),
    span,
  }));
}

/** Whether VMs of ours balance it, beside those of another service. */
function hasOwnHosts({ balancing }: ServiceSpec): boolean {
  return balancing?.kind === 'haproxy' && balancing.sharedWith === undefined;
}

function balancerDeploys(
  spec: ServiceSpec,
  { span }: RadlDeploy,
  balancer: RadlSystem | undefined,
): readonly RadlDeploy[] {
  if (balancer === undefined) return [];
  const [cloud] = spec.replicas.clouds;
  const count = spec.balancing?.isPair === true ? 2 : 1;
  return [{ systemId: balancer.id, count, ...(cloud === undefined ? {} : { cloudId: cloud }), span }];
}

function balancerSystem(document: RadlDocument, spec: ServiceSpec, span: Span): RadlSystem | undefined {
  if (!hasOwnHosts(spec)) return undefined;
  const service = document.services.find(({ id }) => id === spec.id);
  const named = service && textOf(service, 'balancer.system');
  if (named !== undefined) return document.systems.find(({ id }) => id === named);
  const id = balancerSystemId(spec.id);
  const features = [
    ...balancerNetworks(document, spec).map(
      (network, index) => `net_interface.${index}.connection = '${network}'`,
    ),
    'cpu.count = 1',
    'memory.size >= 256M',
    "disk.0.applications contains (name = 'haproxy')",
    "repair = 'yes'",
  ];
  const [system] = parseRadl(`system ${id} (\n${features.join(' and\n')}\n)`).document.systems;
  return system && { ...system, span };
}

/** Those of the replicas, and the public ones: there its clients are. */
function balancerNetworks({ systems, networks }: RadlDocument, { systemId }: ServiceSpec): readonly string[] {
  const system = systems.find(({ id }) => id === systemId);
  const own = system ? interfacesOf(system).map(({ networkId }) => networkId) : [];
  const outside = networks.filter(isPublicNetwork).map(({ id }) => id);
  return [...new Set([...outside, ...own])];
}
