import type { InfrastructureId, VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { DesiredBalancer, DesiredInfrastructure, ObservedInfrastructure, ObservedVm } from '../model.ts';
import {
  type Replica,
  applyBalancerStep,
  applyId,
  deleteBalancerStep,
  joinServiceStep,
  leaveServiceStep,
  monitorVmStep,
  runHookStep,
} from './planned-service-steps.ts';
import {
  balancerStage,
  joinedServices,
  knownBalancers,
  memberStage,
  monitorStage,
} from './service-stages.ts';
import { StepsOfVms } from './steps-of-vms.ts';

export interface ServiceScope {
  /** Only these VMs are brought to what is desired. */
  readonly only?: ReadonlySet<VmName>;
  /** Whether replicas that leave do so after the new ones are in service, or before. */
  readonly order?: 'launch-first' | 'terminate-first';
}

/**
 * The steps of a plan with what its services need between them: balancers set up, replicas that are changed taken out
 * of service before and let in once they are well, those that leave drained (RS-04, LB-05). Pure.
 */
export function planServices(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  { steps, scope }: { readonly steps: readonly PlannedStep[]; readonly scope: ServiceScope },
): PlannedStep[] {
  const known = knownBalancers(observed.configured);
  if (desired.services.length === 0 && known.length === 0) return [...steps];
  const around: Around = { desired, observed, scope, own: new StepsOfVms(steps) };
  const replicas = replicasOf(desired);
  const balancers = balancerSteps(around, replicas);
  const there = new Set(balancers.map(({ id }) => id));
  const staying = replicas.flatMap((replica) => stayingSteps(around, replica, there));
  const leaving = leavingSteps(around, staying);
  const gone = scope.only ? [] : goneBalancers(around, known, [...staying, ...leaving]);
  return [...around.own.all(), ...balancers, ...staying, ...leaving, ...gone];
}

interface Around {
  readonly desired: DesiredInfrastructure;
  readonly observed: ObservedInfrastructure;
  readonly scope: ServiceScope;
  readonly own: StepsOfVms;
}

export function replicasOf({ services, balancers, vms }: DesiredInfrastructure): readonly Replica[] {
  const byName = new Map(vms.map((vm) => [vm.spec.name, vm]));
  const byBalancer = new Map(balancers.map((each) => [each.name, each]));
  return services.flatMap(({ spec, replicas, balancer: named }) =>
    replicas.flatMap((name): readonly Replica[] => {
      const vm = byName.get(name);
      if (vm === undefined || vm.isStopped) return [];
      const { vmm, bastion } = vm;
      const balancer = byBalancer.get(named ?? '');
      return [
        { spec, name, vmm, ...(balancer ? { balancer } : {}), ...(bastion === undefined ? {} : { bastion }) },
      ];
    }),
  );
}

function observedVm(
  { observed }: Around,
  { name, vmm }: Pick<Replica, 'name' | 'vmm'>,
): ObservedVm | undefined {
  return observed.vms.find((vm) => vm.name === name && vm.vmm === vmm);
}

/** One that is new, asked for otherwise, or whose hosts are made anew; its hosts are there by then. */
function balancerSteps(around: Around, replicas: readonly Replica[]): PlannedStep[] {
  const { desired, observed, own } = around;
  return desired.balancers.flatMap((balancer) => {
    const { name, hosts, vmm } = balancer;
    const kept = observed.configured[name] ?? {};
    const isNew = kept[balancerStage(balancer)] === undefined;
    const isAsItIs = kept[balancerStage(balancer)] === balancer.digest;
    const isThere = (host: VmName) =>
      own.isMade(host) || observedVm(around, { name: host, vmm }) !== undefined;
    if (!hosts.every(isThere) || (isAsItIs && !hosts.some((host) => own.isMade(host)))) return [];
    const after = [
      ...hosts.flatMap((host) => own.ofVm(host)),
      ...own.ofNetworks(balancer.kind === 'native' ? balancer.networks : []),
    ];
    const members = replicas.filter((each) => each.balancer === balancer);
    return [applyBalancerStep(desired.id, balancer, { replicas: members, isNew, after })];
  });
}

/** Of a replica that stays or is new. */
function stayingSteps(around: Around, replica: Replica, balancers: ReadonlySet<string>): PlannedStep[] {
  const { desired, observed, own, scope } = around;
  const { name, spec, balancer } = replica;
  const kept = observed.configured[name] ?? {};
  const isJoined = kept[memberStage(spec.id)] !== undefined;
  const isTouched = own.ofVm(name).length > 0;
  const isRunning = observedVm(around, replica)?.status === 'running';
  const isInScope = scope.only === undefined || scope.only.has(name);
  const isToJoin = isTouched || (!isJoined && isRunning && isInScope);
  if (!isToJoin) return [];
  const leave =
    isJoined && isRunning && own.isInterrupted(name) ? [leaveServiceStep(desired.id, replica, [])] : [];
  own.delay(
    name,
    leave.map(({ id }) => id),
  );
  const monitor = isMeasured(replica) && !isMonitored(around, replica) ? monitorOf(around, replica) : [];
  const { launch } = spec.hooks;
  const ready = own.ofVm(name);
  const hook =
    launch && own.isMade(name)
      ? [runHookStep(desired.id, replica, { when: 'launch', hook: launch, after: ready })]
      : [];
  const applied = balancer && balancers.has(applyId(balancer)) ? [applyId(balancer)] : [];
  const join = joinServiceStep(desired.id, replica, [
    ...ready,
    ...[...hook, ...monitor].map(({ id }) => id),
    ...applied,
  ]);
  return [...leave, ...monitor, ...hook, join];
}

const vmMetrics: ReadonlySet<string> = new Set(['cpu', 'memory', 'disk', 'network']);

/** Whether a policy asks for what only its VM can tell. */
export function isMeasured({ spec }: Pick<Replica, 'spec'>): boolean {
  return spec.scaling.policies.some(({ metric }) => vmMetrics.has(metric));
}

function isMonitored({ observed, own }: Around, { name }: Replica): boolean {
  return observed.configured[name]?.[monitorStage] !== undefined && !own.isMade(name);
}

function monitorOf({ desired, own }: Around, replica: Replica): PlannedStep[] {
  return [monitorVmStep(desired.id, replica, own.ofVm(replica.name))];
}

/** Of VMs that are deleted and not made again: replicas that leave for good. */
function leavingSteps(around: Around, staying: readonly PlannedStep[]): PlannedStep[] {
  const { desired, observed, own, scope } = around;
  const isFirst = scope.order === 'terminate-first';
  const wanted = new Set(desired.vms.map(({ spec }) => spec.name));
  return own.deleted().flatMap((name) => {
    const vm = observed.vms.find((each) => each.name === name);
    if (wanted.has(name) || vm === undefined) return [];
    const [serviceId] = joinedServices(observed.configured[name]);
    const service = desired.services.find(({ spec }) => spec.id === serviceId);
    if (service === undefined) return [];
    const { spec } = service;
    const balancer = desired.balancers.find((each) => each.name === service.balancer);
    const replica: Replica = { spec, name, vmm: vm.vmm, ...(balancer ? { balancer } : {}) };
    const joins = staying.filter(({ kind, id }) => kind === 'join-service@1' && id.endsWith(`:${spec.id}`));
    const leave = leaveServiceStep(desired.id, replica, isFirst ? [] : joins.map(({ id }) => id));
    const { terminate } = spec.hooks;
    const hook =
      terminate && vm.status === 'running'
        ? [runHookStep(desired.id, replica, { when: 'terminate', hook: terminate, after: [leave.id] })]
        : [];
    own.delay(name, [leave.id, ...hook.map(({ id }) => id)]);
    if (isFirst) own.makeAfter(service.replicas, own.ofDeletion(name));
    return [leave, ...hook];
  });
}

/** Set up before, and of no service any more. */
function goneBalancers(
  { desired, own }: Around,
  known: ReturnType<typeof knownBalancers>,
  services: readonly PlannedStep[],
): PlannedStep[] {
  const isWanted = (each: (typeof known)[number]) =>
    desired.balancers.some(
      (balancer: DesiredBalancer) =>
        balancer.name === each.name && balancerStage(balancer) === balancerStage(each),
    );
  const gone = known
    .filter((each) => !isWanted(each))
    .map((each) =>
      deleteBalancerStep(
        desired.id,
        each,
        services.map(({ id }) => id),
      ),
    );
  own.removeNetworksAfter(gone.map(({ id }) => id));
  return gone;
}

/** What removes everything, with the VM managers' own balancers before the networks that they are on. */
export function removeBalancers(
  id: InfrastructureId,
  { configured }: Pick<ObservedInfrastructure, 'configured'>,
  removals: readonly PlannedStep[],
): PlannedStep[] {
  const native = knownBalancers(configured).filter(({ kind }) => kind === 'native');
  const gone = native.map((each) => deleteBalancerStep(id, each, []));
  const own = new StepsOfVms(removals);
  own.removeNetworksAfter(gone.map((each) => each.id));
  return [...gone, ...own.all()];
}
