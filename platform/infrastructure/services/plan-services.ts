import type { InfrastructureId, VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { DesiredBalancer, DesiredInfrastructure, ObservedInfrastructure, ObservedVm } from '../model.ts';
import {
  type Replica,
  applyBalancerStep,
  applyId,
  deleteBalancerStep,
  joinServiceStep,
  keyOfReplica,
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
    const isMadeAnew = hosts.some((host) => own.isMade(host));
    if (!isToSetUp(desired, observed, balancer) && !isMadeAnew) return [];
    const isThere = (host: VmName) =>
      own.isMade(host) || observedVm(around, { name: host, vmm }) !== undefined;
    if (!hosts.every(isThere)) return [];
    const after = [
      ...hosts.flatMap((host) => own.ofVm(host)),
      ...own.ofNetworks(balancer.kind === 'native' ? balancer.networks : []),
    ];
    const members = replicas.filter((each) => each.balancer === balancer);
    return [applyBalancerStep(desired.id, balancer, { replicas: members, isNew, after })];
  });
}

/** Whether a balancer that could be is not as it shall be. */
export function isToSetUp(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  balancer: DesiredBalancer,
): boolean {
  const isAsItIs = observed.configured[balancer.name]?.[balancerStage(balancer)] === balancer.digest;
  // One whose host is off waits for that.
  const isOn = (host: VmName) => desired.vms.some(({ spec, isStopped }) => spec.name === host && !isStopped);
  return !isAsItIs && balancer.hosts.every(isOn);
}

/** Of a replica that stays or is new. */
function stayingSteps(around: Around, replica: Replica, balancers: ReadonlySet<string>): PlannedStep[] {
  const { desired, own } = around;
  const { name, spec } = replica;
  const standing = standingOf(around, replica);
  const monitor = isToMonitor(around, replica, standing)
    ? [monitorVmStep(desired.id, replica, own.ofVm(name))]
    : [];
  if (!standing.isToJoin) return monitor;
  const reached = reachedAfter(around, replica, balancers);
  const leave = standing.isToLeave ? [leaveServiceStep(desired.id, replica, reached)] : [];
  const left = leave.map(({ id }) => id);
  own.delay(name, left);
  const { launch } = spec.hooks;
  const ready = own.ofVm(name);
  const hook =
    launch && own.isMade(name)
      ? [runHookStep(desired.id, replica, { when: 'launch', hook: launch, after: ready })]
      : [];
  const before = [...ready, ...[...hook, ...monitor].map(({ id }) => id), ...reached, ...left];
  return [...leave, ...monitor, ...hook, joinServiceStep(desired.id, replica, [...new Set(before)])];
}

interface Standing {
  readonly isTouched: boolean;
  readonly isRunning: boolean;
  readonly isInScope: boolean;
  readonly isToJoin: boolean;
  readonly isToLeave: boolean;
}

function standingOf(around: Around, replica: Replica): Standing {
  const { own, scope } = around;
  const { name } = replica;
  const place = placeInService(around, replica);
  const isTouched = own.ofVm(name).length > 0;
  const isNamed = scope.only?.has(name) === true;
  const isInScope = isNamed || scope.only === undefined;
  // Taken from where it is to where it shall be in its turn only, as it is out of service meanwhile.
  const isMoved = isNamed && place === 'elsewhere';
  return {
    isTouched,
    isRunning: place !== 'off',
    isInScope,
    isToJoin: isTouched || isMoved || (place === 'none' && isInScope),
    isToLeave: isMoved || (servingPlaces.has(place) && own.isInterrupted(name)),
  };
}

/** Where the requests of its service come to a replica, as compared with where they shall. */
type PlaceInService = 'off' | 'none' | 'there' | 'elsewhere';
const servingPlaces: ReadonlySet<PlaceInService> = new Set(['there', 'elsewhere']);

function placeInService(around: Around, replica: Replica): PlaceInService {
  if (observedVm(around, replica)?.status !== 'running') return 'off';
  const key = around.observed.configured[replica.name]?.[memberStage(replica.spec.id)];
  if (key === undefined) return 'none';
  return key === keyOfReplica(replica) ? 'there' : 'elsewhere';
}

/** Ids of the steps after which its balancer can be spoken to. */
function reachedAfter(
  { own }: Around,
  { balancer }: Replica,
  applied: ReadonlySet<string>,
): readonly string[] {
  if (balancer === undefined) return [];
  const id = applyId(balancer);
  return applied.has(id) ? [id] : balancer.hosts.flatMap((host) => own.ofVm(host));
}

const vmMetrics: ReadonlySet<string> = new Set(['cpu', 'memory', 'disk', 'network']);

/** Whether a policy asks for what only its VM can tell. */
export function isMeasured({ spec }: Pick<Replica, 'spec'>): boolean {
  return spec.scaling.policies.some(({ metric }) => vmMetrics.has(metric));
}

/** Also of one that is in service already and that a policy begins to ask about: nothing of it is interrupted. */
function isToMonitor(
  { observed, own }: Around,
  replica: Replica,
  { isTouched, isRunning, isInScope }: Standing,
): boolean {
  const { name } = replica;
  const isMonitored = observed.configured[name]?.[monitorStage] !== undefined && !own.isMade(name);
  return isMeasured(replica) && !isMonitored && (isTouched || (isRunning && isInScope));
}

/** Of replicas whose VMs are deleted and not made again, or stopped. */
function leavingSteps(around: Around, staying: readonly PlannedStep[]): PlannedStep[] {
  const { desired, own, scope } = around;
  const isFirst = scope.order === 'terminate-first';
  const on = new Set(desired.vms.filter(({ isStopped }) => !isStopped).map(({ spec }) => spec.name));
  return own.ending().flatMap((name) => {
    const found = on.has(name) ? undefined : leavingReplica(around, name);
    if (found === undefined) return [];
    const { replica, vm, service } = found;
    const { spec } = service;
    const joins = staying.filter(({ kind, id }) => kind === 'join-service@1' && id.endsWith(`:${spec.id}`));
    const leave = leaveServiceStep(desired.id, replica, isFirst ? [] : joins.map(({ id }) => id));
    const { terminate } = spec.hooks;
    const isEnd = own.ofDeletion(name).length > 0 && vm.status === 'running';
    const hook =
      terminate && isEnd
        ? [runHookStep(desired.id, replica, { when: 'terminate', hook: terminate, after: [leave.id] })]
        : [];
    own.delay(name, [leave.id, ...hook.map(({ id }) => id)]);
    if (isFirst) own.makeAfter(service.replicas, own.ofDeletion(name));
    return [leave, ...hook];
  });
}

function leavingReplica({ desired, observed }: Around, name: VmName) {
  const vm = observed.vms.find((each) => each.name === name);
  const [serviceId] = joinedServices(observed.configured[name]);
  const service = desired.services.find(({ spec }) => spec.id === serviceId);
  if (vm === undefined || service === undefined) return undefined;
  const balancer = desired.balancers.find((each) => each.name === service.balancer);
  // Its way is that of the others.
  const bastion = desired.vms.find(({ systemId }) => systemId === service.spec.systemId)?.bastion;
  const replica: Replica = {
    spec: service.spec,
    name,
    vmm: vm.vmm,
    ...(balancer ? { balancer } : {}),
    ...(bastion === undefined ? {} : { bastion }),
  };
  return { vm, service, replica };
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
