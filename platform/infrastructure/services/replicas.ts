import type { VmName } from '@trencadis/ids';
import type { DesiredBalancer, DesiredInfrastructure, ObservedInfrastructure } from '../model.ts';
import type { Replica } from './planned-service-steps.ts';
import { balancerStage } from './service-stages.ts';

/** Those that shall be on, of all services. */
export function replicasOf({ services, balancers, vms }: DesiredInfrastructure): readonly Replica[] {
  const byName = new Map(vms.map((vm) => [vm.spec.name, vm]));
  const byBalancer = new Map(balancers.map((each) => [each.name, each]));
  return services.flatMap(({ spec, replicas, balancer: named }) =>
    replicas.flatMap((name): readonly Replica[] => {
      const vm = byName.get(name);
      if (vm === undefined || vm.isStopped) return [];
      const { vmm, bastion, isStandby } = vm;
      const balancer = byBalancer.get(named ?? '');
      return [
        {
          spec,
          name,
          vmm,
          ...(balancer ? { balancer } : {}),
          ...(bastion === undefined ? {} : { bastion }),
          ...(isStandby === true ? { isStandby } : {}),
        },
      ];
    }),
  );
}

/** Whether a balancer that could be is not as it shall be. */
export function isToSetUp(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  balancer: DesiredBalancer,
): boolean {
  const isAsItIs = observed.configured[balancer.name]?.[balancerStage(balancer)] === balancer.digest;
  // One whose host is off waits for that.
  return !isAsItIs && balancer.hosts.every((host) => isOn(desired, host));
}

export function isOn({ vms }: DesiredInfrastructure, name: VmName): boolean {
  return vms.some(({ spec, isStopped }) => spec.name === name && !isStopped);
}

/** Whether a replica can be let in: there is no balancer, or one that somebody can speak to. */
export function canJoin(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  { balancer }: Pick<Replica, 'balancer'>,
): boolean {
  if (balancer === undefined || isToSetUp(desired, observed, balancer)) return true;
  const { hosts } = balancer;
  const isKnown = observed.configured[balancer.name]?.[balancerStage(balancer)] !== undefined;
  return isKnown && (hosts.length === 0 || hosts.some((host) => isOn(desired, host)));
}

const vmMetrics: ReadonlySet<string> = new Set(['cpu', 'memory', 'disk', 'network']);

/** Whether a policy asks for what only its VM can tell. */
export function isMeasured({ spec }: Pick<Replica, 'spec'>): boolean {
  return spec.scaling.policies.some(({ metric }) => vmMetrics.has(metric));
}
