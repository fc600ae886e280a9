import { brandId } from '@trencadis/ids';
import type { DecidedVm } from '../decide-changes.ts';
import type { Finding } from '../drift.ts';
import type { DesiredBalancer, DesiredInfrastructure, DesiredVm, ObservedInfrastructure } from '../model.ts';
import { canJoin, isMeasured, isToSetUp, replicasOf } from './replicas.ts';
import { type Replica, keyOfReplica } from './planned-service-steps.ts';
import {
  type KnownGroup,
  balancerStage,
  groupStage,
  knownBalancers,
  knownGroups,
  memberStage,
  monitorStage,
  unsettled,
} from './service-stages.ts';

/** In what deployed services differ from what is asked for, beside their VMs. The platform mends all of it by itself. */
export function serviceDrift(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  { decided, repaired }: { readonly decided: readonly DecidedVm[]; readonly repaired: readonly DesiredVm[] },
): readonly Finding[] {
  return [
    ...replicasDrift(desired, observed, decided),
    ...desired.balancers
      .filter((balancer) => isToSetUp(desired, observed, balancer))
      .map((balancer) => notSetUp(observed, balancer, repaired)),
    ...unknownBalancers(desired, observed),
    ...groupsDrift(desired, observed),
  ];
}

/** What they are launched as is compared when a plan is made: only then is it known which sizes there are. */
function groupsDrift(
  { groups }: DesiredInfrastructure,
  { configured }: ObservedInfrastructure,
): readonly Finding[] {
  const isSettled = ({ name, vmm }: KnownGroup) =>
    ![undefined, unsettled].includes(configured[name]?.[groupStage(vmm)]);
  const isWanted = ({ name, vmm }: KnownGroup) =>
    groups.some((group) => group.name === name && group.vmm === vmm);
  const expected = "kept by the VM manager's own engine";
  return [
    ...groups
      .filter((group) => !isSettled(group))
      .map(({ name, vmm }): Finding => {
        const at = { subject: name, vmm, isRepaired: false };
        return { ...at, kind: 'group-not-set-up', expected, observed: 'not told to it, or only begun' };
      }),
    ...knownGroups(configured)
      .filter((group) => !isWanted(group))
      .map(({ name, vmm }): Finding => {
        const at = { subject: brandId('VmName', name), vmm, isRepaired: false };
        return { ...at, kind: 'group-unknown', expected: 'nothing', observed: expected };
      }),
  ];
}

function notSetUp(
  { configured }: ObservedInfrastructure,
  balancer: DesiredBalancer,
  repaired: readonly DesiredVm[],
): Finding {
  const ports = balancer.frontends.map(({ protocol, port }) => `${protocol} ${port}`).join(', ');
  const isKnown = configured[balancer.name]?.[balancerStage(balancer)] !== undefined;
  return {
    kind: 'balancer-not-set-up',
    subject: brandId('VmName', balancer.name),
    vmm: balancer.vmm,
    expected: `balances ${ports}`,
    observed: isKnown ? 'set up as something else, or only begun' : 'not set up',
    isRepaired: repaired.some(({ spec }) => balancer.hosts.includes(spec.name)),
  };
}

/** Of replicas that run; what is made of the others brings them into service too. */
function replicasDrift(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  decided: readonly DecidedVm[],
): readonly Finding[] {
  const running = new Set(
    decided.filter((each) => each.observed?.status === 'running').map(({ vm }) => vm.spec.name),
  );
  return replicasOf(desired)
    .filter(({ name }) => running.has(name))
    .flatMap((replica) => [...placeDrift(desired, observed, replica), ...measuringDrift(observed, replica)]);
}

function placeDrift(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  replica: Replica,
): readonly Finding[] {
  const { name: subject, vmm, spec, isStandby = false } = replica;
  const key = observed.configured[subject]?.[memberStage(spec.id)];
  const found = { subject, vmm, isRepaired: true, expected: `in service ${spec.id}` };
  if (isStandby)
    return key === undefined
      ? []
      : [
          {
            ...found,
            kind: 'replica-still-joined',
            expected: `on standby of service ${spec.id}`,
            observed: 'gets requests',
          },
        ];
  if (key === undefined)
    return canJoin(desired, observed, replica)
      ? [{ ...found, kind: 'replica-not-joined', observed: 'gets no requests' }]
      : [];
  if (key === keyOfReplica(replica)) return [];
  return [{ ...found, kind: 'replica-elsewhere', observed: 'gets its requests as it did before' }];
}

function measuringDrift({ configured }: ObservedInfrastructure, replica: Replica): readonly Finding[] {
  const { name: subject, vmm } = replica;
  if (!isMeasured(replica) || configured[subject]?.[monitorStage] !== undefined) return [];
  const words = { expected: 'its load is measured', observed: 'it is not' };
  return [{ subject, vmm, kind: 'replica-not-measured', isRepaired: true, ...words }];
}

function unknownBalancers(
  { balancers }: DesiredInfrastructure,
  { configured }: ObservedInfrastructure,
): readonly Finding[] {
  const wanted = new Set(balancers.map((each) => `${each.name} ${balancerStage(each)}`));
  return knownBalancers(configured)
    .filter((each) => !wanted.has(`${each.name} ${balancerStage(each)}`))
    .map(({ name, vmm, kind }) => ({
      kind: 'balancer-unknown',
      subject: brandId('VmName', name),
      vmm,
      expected: 'nothing',
      observed: kind === 'native' ? "the VM manager's load balancer" : 'a load balancer',
      isRepaired: false,
    }));
}
