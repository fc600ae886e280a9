import { PlatformError, isPlatformError } from '@trencadis/errors';
import type { Diagnostic, RadlDocument } from '@trencadis/radl';
import type { DesiredBalancer, DesiredGroup, DesiredInfrastructure } from '../model.ts';
import { type ResolutionProblem, resolutionError } from '../resolution-problems.ts';
import { balancerName } from '../resource-names.ts';
import type { StepWorld } from '../step-world.ts';
import { balancerLacks } from './fit-balancer.ts';

type World = Pick<StepWorld, 'balancers' | 'scalingGroups'>;

/** What VM managers' own balancers and engines cannot do of what is asked of them, said before anything is made. */
export async function capabilityProblems(
  world: World,
  document: RadlDocument,
  { id, balancers, groups }: Pick<DesiredInfrastructure, 'id' | 'balancers' | 'groups'>,
): Promise<readonly Diagnostic[]> {
  const native = balancers.filter(({ kind }) => kind === 'native');
  const found = await Promise.all([
    ...native.map(async (balancer) => {
      const owner = document.services.find((each) => balancerName(id, each.id) === balancer.name);
      const problem = { problem: 'nativeBalancer', serviceId: owner?.id ?? '' } as const;
      return reported(document, problem, () => lacksOfBalancer(world, balancer));
    }),
    ...groups.map(async (group) =>
      reported(document, { problem: 'nativeEngine', serviceId: group.serviceId }, () =>
        lacksOfEngine(world, group),
      ),
    ),
  ]);
  return found.flat();
}

async function lacksOfBalancer({ balancers }: World, balancer: DesiredBalancer): Promise<readonly string[]> {
  if (balancers === undefined) throw none('a load balancer of its own');
  const { capabilities } = await balancers.at(balancer.vmm);
  return balancerLacks(balancer, capabilities).map(
    (lack) => `${capabilities.product} at VM manager '${balancer.vmm}' cannot do that: ${lack}`,
  );
}

async function lacksOfEngine(
  { scalingGroups }: World,
  { vmm, policies }: DesiredGroup,
): Promise<readonly string[]> {
  if (scalingGroups === undefined) throw none('an engine of its own that keeps replicas');
  const { product, alarmMetrics, targetMetrics } = (await scalingGroups.at(vmm)).capabilities;
  return policies.flatMap(({ id, kind, metric }) => {
    const known = kind === 'target' ? targetMetrics : alarmMetrics;
    if (known.includes(metric)) return [];
    const key = id.replace(/[^.]+$/, 'metric');
    return [
      `${product} at VM manager '${vmm}' does not scale by ${metric} there: ${key} is ${known.join(' or ')} for it`,
    ];
  });
}

function none(what: string): PlatformError {
  return new PlatformError('unsupported', `No VM manager here has ${what}`);
}

interface Reporting {
  readonly problem: ResolutionProblem;
  readonly serviceId: string;
}

/** One that cannot be asked now is asked by its step. */
async function reported(
  { services }: RadlDocument,
  { problem, serviceId }: Reporting,
  find: () => Promise<readonly string[]>,
): Promise<readonly Diagnostic[]> {
  const service = services.find(({ id }) => id === serviceId);
  const report = (because: string) =>
    service
      ? [
          resolutionError(problem, service.span, {
            message: `Service ${serviceId}: ${because.replace(/\.$/, '')}.`,
          }),
        ]
      : [];
  try {
    return (await find()).flatMap(report);
  } catch (error) {
    if (isPlatformError(error, 'unsupported')) return report(error.message);
    if (error instanceof PlatformError) return [];
    throw error;
  }
}
