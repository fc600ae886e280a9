import { type ServiceSpec, readServices } from '@trencadis/availability';
import {
  type Diagnostic,
  type RadlDocument,
  type RadlService,
  type RadlSystem,
  disksOf,
  textOf,
} from '@trencadis/radl';
import { requirementsOf } from '../requirements.ts';
import { resolutionError } from '../resolution-problems.ts';
import type { ResolvedConfigurations } from '../resolve-configuration.ts';

/** Keys that say how the platform keeps replicas, to which nothing corresponds at a VM manager's own engine. */
const ownKeys: ReadonlySet<string> = new Set([
  'replicas.surge',
  'replicas.replace',
  'replicas.place',
  'replicas.most_per_cloud',
  'replicas.most_booting',
  'replicas.retries',
  'scale.up_window',
  'scale.down_window',
  'scale.up_limit',
  'scale.down_limit',
  'scale.limit',
  'scale.period',
  'health.heartbeat',
  'health.combine',
]);

const isOwn = (key: string) => ownKeys.has(key) || key.startsWith('hook.');

/** What a document asks of a VM manager's own engine that none of them can keep. Pure. */
export function nativeProblems(
  document: RadlDocument,
  { bySystem }: Pick<ResolvedConfigurations, 'bySystem'>,
): readonly Diagnostic[] {
  return readServices(document).flatMap((spec) => {
    const service = document.services.find(({ id }) => id === spec.id);
    const system = document.systems.find(({ id }) => id === spec.systemId);
    if (spec.scaling.engine === 'platform' || !service || !system) return [];
    const configurators = (bySystem.get(system.id) ?? []).map(({ configurator }) => configurator);
    return [
      ...keyProblems(service),
      ...agreementProblems(service, spec),
      ...systemProblems(service, { system, configurators }),
    ];
  });
}

function keyProblems(service: RadlService): readonly Diagnostic[] {
  return service.features.flatMap((feature) =>
    'key' in feature && isOwn(feature.key)
      ? [problem(service, feature.key, 'the platform does that, and its own engine does not know of it')]
      : [],
  );
}

function agreementProblems(service: RadlService, { replicas, balancing, health }: ServiceSpec) {
  const problems: Diagnostic[] = [];
  if (replicas.clouds.length > 1)
    problems.push(problem(service, 'replicas.clouds', 'it keeps replicas at one VM manager: name that one'));
  if (balancing?.kind === 'haproxy')
    problems.push(problem(service, 'balancer.kind', "it joins replicas to its own balancer only: 'native'"));
  if (balancing === undefined && health.protocol !== 'none') {
    const key = textOf(service, 'health.protocol') === undefined ? 'health.port' : 'health.protocol';
    problems.push(problem(service, key, 'the checks are its balancer’s: give balancer.port'));
  }
  return problems;
}

function problem(service: RadlService, key: string, because: string): Diagnostic {
  const feature = service.features.find((each) => 'key' in each && each.key === key);
  const message = `Service ${service.id} leaves its replicas to the VM manager's own engine, and ${key} does not go with that: ${because}.`;
  const hint = `Change or remove ${key}, or leave scale.engine out.`;
  return resolutionError('nativeEngine', feature?.span ?? service.span, { message, hint });
}

interface Made {
  readonly system: RadlSystem;
  readonly configurators: readonly string[];
}

function systemProblems(service: RadlService, { system, configurators }: Made): readonly Diagnostic[] {
  const { networkIds, addresses, type } = requirementsOf(system);
  const other = configurators.find((each) => each !== 'cloud-init');
  const lacks = [
    ...(other === undefined
      ? []
      : [
          `it is configured by ${other}, and nobody but cloud-init reaches its replicas. Write it as a cloud-init recipe, or deploy it once with the platform's engine, make an image of that VM (trencadis snapshot) and ask for that image`,
        ]),
    ...(networkIds.length === 0 ? ['it has no network: give net_interface.0.connection'] : []),
    ...(addresses.some((each) => each !== undefined) ? ['its replicas cannot all have one address'] : []),
    ...(disksOf(system).some(({ index }) => index > 0) ? ['its replicas have no data disks'] : []),
    ...(type.zone === undefined ? [] : ['the engine chooses the zones: leave availability_zone out']),
    ...(type.isSpot ? ['its replicas are no spot instances: leave spot out'] : []),
  ];
  return lacks.map((because) => {
    const message = `Service ${service.id} leaves its replicas to the VM manager's own engine, and system ${system.id} does not go with that: ${because}.`;
    const hint = 'Change the system, or leave scale.engine out.';
    return resolutionError('nativeEngine', system.span, { message, hint });
  });
}
