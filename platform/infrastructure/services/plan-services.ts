import type { InfrastructureId, VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { DesiredBalancer, DesiredInfrastructure, ObservedInfrastructure } from '../model.ts';
import { applyGroups, deleteGoneGroups, deleteGroups } from './plan-groups.ts';
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
  type Around,
  type ServiceScope,
  type Standing,
  observedVm,
  standingOf,
} from './standing-in-service.ts';
import { canJoin, isMeasured, isOn, isToSetUp, replicasOf } from './replicas.ts';
import {
  balancerStage,
  joinedServices,
  knownBalancers,
  knownGroups,
  monitorStage,
} from './service-stages.ts';
import { StepsOfVms } from './steps-of-vms.ts';

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
  const groups = knownGroups(observed.configured);
  if (desired.services.length + known.length + groups.length === 0) return [...steps];
  const around: Around = { desired, observed, scope, own: new StepsOfVms(steps) };
  const replicas = replicasOf(desired);
  const ended = scope.only ? [] : deleteGoneGroups(desired, observed);
  const balancers = balancerSteps(around, replicas, ended);
  const there = new Set(balancers.map(({ id }) => id));
  const staying = replicas.flatMap((replica) => stayingSteps(around, replica, there));
  const leaving = leavingSteps(around, staying);
  const kept = scope.only ? [] : groupSteps(around, balancers);
  const gone = scope.only ? [] : goneBalancers(around, known, [...staying, ...leaving, ...ended, ...kept]);
  around.own.removeNetworksAfter([...ended, ...kept].map(({ id }) => id));
  return [...around.own.all(), ...ended, ...balancers, ...kept, ...staying, ...leaving, ...gone];
}

/** They stand in networks and join pools, which come first. */
function groupSteps({ desired, observed, own }: Around, balancers: readonly PlannedStep[]): PlannedStep[] {
  const applied = balancers.map(({ id }) => id);
  return applyGroups(desired, observed, ({ launch, vmm, pools }) => {
    const used = desired.balancers.filter(({ name }) => pools.some(({ balancer }) => balancer === name));
    const isUsed = (id: string) => used.some((balancer) => applyId(balancer) === id);
    return [...own.ofNetworks(launch.networks, vmm), ...applied.filter(isUsed)];
  });
}

/** One that is new, asked for otherwise, or whose hosts are made anew; its hosts are there by then. */
function balancerSteps(
  around: Around,
  replicas: readonly Replica[],
  ended: readonly PlannedStep[],
): PlannedStep[] {
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
      // Their pools may be among those that leave it.
      ...ended.map(({ id }) => id),
    ];
    const members = replicas.filter((each) => each.balancer === balancer && each.isStandby !== true);
    return [applyBalancerStep(desired.id, balancer, { replicas: members, isNew, after })];
  });
}

/** Of a replica that stays or is new. */
function stayingSteps(around: Around, replica: Replica, balancers: ReadonlySet<string>): PlannedStep[] {
  const { desired, own } = around;
  const { name, spec } = replica;
  const standing = standingOf(around, replica);
  const monitor = isToMonitor(around, replica, standing)
    ? [monitorVmStep(desired.id, replica, own.ofVm(name))]
    : [];
  const reached = reachedAfter(around, replica, balancers);
  const leave = standing.isToLeave
    ? [leaveServiceStep(desired.id, withReachedBalancer(around, replica), reached)]
    : [];
  const left = leave.map(({ id }) => id);
  own.delay(name, left);
  if (!standing.isToJoin) return [...leave, ...monitor];
  const { launch } = spec.hooks;
  const ready = own.ofVm(name);
  const hook =
    launch && own.isMade(name)
      ? [runHookStep(desired.id, replica, { when: 'launch', hook: launch, after: ready })]
      : [];
  const before = [...ready, ...[...hook, ...monitor].map(({ id }) => id), ...reached, ...left];
  return [...leave, ...monitor, ...hook, joinServiceStep(desired.id, replica, [...new Set(before)])];
}

/** A balancer whose hosts are off knows nobody, and is left without asking it. */
function withReachedBalancer({ desired, observed }: Around, replica: Replica): Replica {
  if (canJoin(desired, observed, replica)) return replica;
  const { balancer: _, ...rest } = replica;
  return rest;
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
  return own.ending().flatMap((name) => {
    const found = leavingReplica(around, name);
    if (found === undefined) return [];
    const { replica, vm, service } = found;
    const { spec } = service;
    const joins = staying.filter(({ kind, id }) => kind === 'join-service@1' && id.endsWith(`:${spec.id}`));
    // One that comes elsewhere under the same name has to be gone before, whoever waits for it.
    const isWaitedFor = isFirst || isOn(desired, name);
    const leave = leaveServiceStep(
      desired.id,
      withReachedBalancer(around, replica),
      isWaitedFor ? [] : joins.map(({ id }) => id),
    );
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
  // One that is made anew in its place is none; it may come at another VM manager under the same name.
  const stays = new Set(
    desired.vms.filter(({ isStopped }) => !isStopped).map(({ vmm, spec }) => `${vmm} ${spec.name}`),
  );
  const vm = observed.vms.find((each) => each.name === name && !stays.has(`${each.vmm} ${name}`));
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

/** What removes everything: the VM managers' own groups, then their balancers, then the networks that they are on. */
export function removeServices(
  id: InfrastructureId,
  { configured }: Pick<ObservedInfrastructure, 'configured'>,
  removals: readonly PlannedStep[],
): PlannedStep[] {
  const ended = deleteGroups(id, knownGroups(configured));
  const idsOf = (steps: readonly PlannedStep[]) => steps.map((each) => each.id);
  const native = knownBalancers(configured).filter(({ kind }) => kind === 'native');
  const gone = native.map((each) => deleteBalancerStep(id, each, idsOf(ended)));
  const own = new StepsOfVms(removals);
  own.removeNetworksAfter(idsOf([...ended, ...gone]));
  return [...ended, ...gone, ...own.all()];
}
