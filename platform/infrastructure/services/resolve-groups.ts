import { type ServiceSpec, readServices } from '@trencadis/availability';
import { sha256OfJson } from '@trencadis/ids';
import type { Diagnostic, RadlDocument } from '@trencadis/radl';
import type { ResolvedSystem } from '../assemble-desired.ts';
import { sizesAt } from '../member-sizes.ts';
import type { Infrastructure } from '../model.ts';
import type { Offers } from '../offers.ts';
import { resolutionError } from '../resolution-problems.ts';
import type { ResolvedConfigurations } from '../resolve-configuration.ts';
import { balancerName, groupName, networkName, poolName } from '../resource-names.ts';
import { userDataOf } from '../user-data.ts';
import type { DesiredGroup } from './service-model.ts';

export interface ResolvedGroups {
  readonly groups: readonly DesiredGroup[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Choices {
  readonly systems: readonly ResolvedSystem[];
  readonly configurations: Pick<ResolvedConfigurations, 'bySystem'>;
  readonly offers: Pick<Offers, 'vmms'>;
}

/** What VM managers' own engines are told, where all of a system's choices are made. */
export function resolveGroups(
  infrastructure: Pick<Infrastructure, 'id'>,
  document: RadlDocument,
  choices: Choices,
): ResolvedGroups {
  const native = readServices(document).filter(({ scaling }) => scaling.engine === 'native');
  const services = new Map(native.map((spec) => [spec.systemId, spec]));
  const found = choices.systems.flatMap((resolved): readonly (DesiredGroup | Diagnostic)[] => {
    const spec = services.get(resolved.system.id);
    return spec ? [groupOf(infrastructure, { spec, resolved }, choices)] : [];
  });
  return {
    groups: found.flatMap((each) => ('launch' in each ? [each] : [])),
    diagnostics: found.flatMap((each) => ('launch' in each ? [] : [each])),
  };
}

interface Resolved {
  readonly spec: ServiceSpec;
  readonly resolved: ResolvedSystem;
}

function groupOf(
  { id }: Pick<Infrastructure, 'id'>,
  { spec, resolved }: Resolved,
  { configurations, offers }: Choices,
): DesiredGroup | Diagnostic {
  const { system, vmm, requirements, image } = resolved;
  const site = offers.vmms.find((each) => each.vmm === vmm);
  const size = site ? sizesAt(site)({}, resolved) : { because: 'it is not to be had any more' };
  if ('because' in size) {
    const message = `No instance type at ${vmm} fits the replicas of service ${spec.id}: ${size.because}.`;
    return resolutionError('noInstanceType', system.span, { message });
  }
  const { replicas, health, scaling, balancing } = spec;
  const balancer = balancing && balancerName(id, balancing.sharedWith ?? spec.id);
  const { cpuCount, memoryMiB, instanceType = '' } = size.spec;
  const told = {
    launch: {
      image: image.location,
      instanceType,
      networks: requirements.networkIds.map((network) => networkName(id, network)),
      userData: userDataOf(configurations.bySystem.get(system.id) ?? [])?.text ?? '',
    },
    min: replicas.min,
    max: replicas.max,
    pools: balancer === undefined ? [] : [{ balancer, pool: poolName(spec.id) }],
    graceMs: health.graceMs,
    warmupMs: scaling.warmupMs,
    victim: replicas.victim,
    policies: scaling.policies,
    schedules: scaling.schedules,
  };
  const group = { name: groupName(id, spec.id), serviceId: spec.id, vmm, ...told };
  return { ...group, size: { cpuCount, memoryMiB }, digest: sha256OfJson(told) };
}
