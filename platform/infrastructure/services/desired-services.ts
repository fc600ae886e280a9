import {
  type BalancingSpec,
  type CheckSpec,
  type FrontendSpec,
  type PoolSpec,
  type ServiceSpec,
  readServices,
} from '@trencadis/availability';
import { type InfrastructureId, type NetworkName, sha256OfJson } from '@trencadis/ids';
import { type RadlDocument, interfacesOf, textOf } from '@trencadis/radl';
import type { DesiredBalancer, DesiredGroup, DesiredService, DesiredVm } from '../model.ts';
import { balancerName, labelOf, networkName, poolName } from '../resource-names.ts';
import { balancerSystemId } from './expand-services.ts';

export interface DesiredServices {
  readonly services: readonly DesiredService[];
  readonly balancers: readonly DesiredBalancer[];
  readonly groups: readonly DesiredGroup[];
}

/** `document` has its services expanded; `vms`: all that there shall be. */
export function desiredServices(
  id: InfrastructureId,
  document: RadlDocument,
  { vms, groups }: { readonly vms: readonly DesiredVm[]; readonly groups: readonly DesiredGroup[] },
): DesiredServices {
  const specs = readServices(document);
  if (specs.length === 0) return { services: [], balancers: [], groups };
  const bySystem = Map.groupBy(vms, ({ systemId }) => systemId);
  const balancers = specs.flatMap((spec) => balancerOf({ id, document, specs, bySystem, groups }, spec));
  const names = new Set(balancers.map(({ name }) => name));
  return {
    balancers,
    groups,
    services: specs.map((spec): DesiredService => {
      const balancer = spec.balancing && balancerName(id, spec.balancing.sharedWith ?? spec.id);
      const replicas = (bySystem.get(spec.systemId) ?? []).map((vm) => vm.spec.name);
      return { spec, replicas, ...(balancer !== undefined && names.has(balancer) ? { balancer } : {}) };
    }),
  };
}

interface Around {
  readonly id: InfrastructureId;
  readonly document: RadlDocument;
  readonly specs: readonly ServiceSpec[];
  readonly bySystem: ReadonlyMap<string, readonly DesiredVm[]>;
  readonly groups: readonly DesiredGroup[];
}

function balancerOf(around: Around, spec: ServiceSpec): readonly DesiredBalancer[] {
  const { balancing } = spec;
  if (balancing === undefined || balancing.sharedWith !== undefined) return [];
  const { id, specs, bySystem, groups } = around;
  const hosts = balancing.kind === 'haproxy' ? hostsOf(around, spec) : [];
  const group = groups.find(({ serviceId }) => serviceId === spec.id);
  const vmm = (hosts[0] ?? bySystem.get(spec.systemId)?.[0] ?? group)?.vmm;
  if (vmm === undefined) return [];
  const shared = [spec, ...specs.filter((each) => each.balancing?.sharedWith === spec.id)];
  const { virtualAddress } = balancing;
  const balancer: Omit<DesiredBalancer, 'digest'> = {
    name: balancerName(id, spec.id),
    kind: balancing.kind,
    vmm,
    hosts: hosts.map((host) => host.spec.name),
    networks: networksOf(around, spec),
    ...wayTo(hosts),
    isPair: balancing.isPair,
    ...(virtualAddress === undefined ? {} : { virtualAddress }),
    frontends: [frontendOf(spec, balancing, shared)],
    pools: shared.flatMap((each) => (each.balancing ? [poolOf(each, each.balancing)] : [])),
  };
  return [{ ...balancer, digest: sha256OfJson(balancer) }];
}

function wayTo([host]: readonly DesiredVm[]): Pick<DesiredBalancer, 'bastion'> {
  return host?.bastion === undefined ? {} : { bastion: host.bastion };
}

function hostsOf({ document, bySystem }: Around, { id }: ServiceSpec): readonly DesiredVm[] {
  const service = document.services.find((each) => each.id === id);
  const systemId = (service && textOf(service, 'balancer.system')) ?? balancerSystemId(id);
  return bySystem.get(systemId) ?? [];
}

function networksOf({ id, document }: Around, { systemId }: ServiceSpec): readonly NetworkName[] {
  const system = document.systems.find((each) => each.id === systemId);
  return (system ? interfacesOf(system) : []).map(({ networkId }) => networkName(id, networkId));
}

function frontendOf(
  { id }: ServiceSpec,
  { port, protocol }: BalancingSpec,
  shared: readonly ServiceSpec[],
): FrontendSpec {
  const isRouted = ({ balancing }: ServiceSpec) =>
    protocol !== 'tcp' && (balancing?.host !== undefined || balancing?.pathPrefix !== undefined);
  // The longest path first: it is the one that means most.
  const routed = shared
    .filter(isRouted)
    .toSorted(
      (one, other) => (other.balancing?.pathPrefix?.length ?? 0) - (one.balancing?.pathPrefix?.length ?? 0),
    );
  const other = shared.find((each) => !isRouted(each));
  return {
    name: labelOf(id),
    port,
    protocol,
    routes: routed.map(({ id: serviceId, balancing: { host, pathPrefix } = {} }) => ({
      ...(host === undefined ? {} : { host }),
      ...(pathPrefix === undefined ? {} : { pathPrefix }),
      pool: poolName(serviceId),
    })),
    ...(other ? { defaultPool: poolName(other.id) } : {}),
  };
}

function poolOf(
  { id, health, scaling }: ServiceSpec,
  { targetProtocol, algorithm, isSticky, drainMs, slowStartMs, failsOpen, targetPort }: BalancingSpec,
): Omit<PoolSpec, 'authorityPem'> {
  const { port, method, path, host, status, intervalMs, timeoutMs, fall, rise } = health;
  const check: CheckSpec = {
    protocol: health.protocol === 'none' ? 'tcp' : health.protocol,
    ...(port === targetPort ? {} : { port }),
    method,
    path,
    ...(host === undefined ? {} : { host }),
    status,
    intervalMs,
    timeoutMs,
    fall,
    rise,
  };
  return {
    name: poolName(id),
    protocol: targetProtocol,
    algorithm,
    isSticky,
    drainMs,
    slowStartMs,
    failsOpen,
    check,
    ...(scaling.engine === 'native' ? { group: { port: targetPort } } : {}),
  };
}
