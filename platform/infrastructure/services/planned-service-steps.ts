import type { HookSpec, ServiceSpec } from '@trencadis/availability';
import { type InfrastructureId, type Sha256, type VmName, brandId } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { DesiredBalancer } from '../model.ts';
import { poolName } from '../resource-names.ts';
import type {
  ApplyBalancerArgs,
  BalancerPlace,
  DeleteBalancerArgs,
  JoinServiceArgs,
  LeaveServiceArgs,
  MonitorVmArgs,
  RunHookArgs,
} from './service-step-arguments.ts';
import { type KnownBalancer, memberKey } from './service-stages.ts';

type After = readonly string[];

/** A replica: its service, its VM, and where its requests come from. */
export interface Replica {
  readonly spec: ServiceSpec;
  readonly vmm: string;
  readonly name: VmName;
  readonly balancer?: DesiredBalancer;
  readonly bastion?: string;
  /** It gets no requests. */
  readonly isStandby?: boolean;
}

export function placeOfBalancer({
  name,
  kind,
  vmm,
  hosts,
  networks,
  bastion,
}: DesiredBalancer): BalancerPlace {
  const place = { name: brandId('VmName', name), kind, vmm, hosts, networks };
  return bastion === undefined ? place : { ...place, bastion };
}

export const joinId = (name: VmName, serviceId: string) => `join-service:${name}:${serviceId}`;
export const leaveId = (name: VmName, serviceId: string) => `leave-service:${name}:${serviceId}`;
export const applyId = ({ name, vmm }: Pick<DesiredBalancer, 'name' | 'vmm'>) =>
  `apply-balancer:${name}@${vmm}`;

export function applyBalancerStep(
  infrastructureId: InfrastructureId,
  balancer: DesiredBalancer,
  {
    replicas,
    isNew,
    after,
  }: { readonly replicas: readonly Replica[]; readonly isNew: boolean; readonly after: After },
): PlannedStep {
  const { isPair, virtualAddress, frontends, pools, digest, kind } = balancer;
  const args: ApplyBalancerArgs = {
    infrastructureId,
    balancer: placeOfBalancer(balancer),
    isPair,
    ...(virtualAddress === undefined ? {} : { virtualAddress }),
    frontends,
    pools,
    members: replicas.map((replica) => memberOf(replica)),
    digest,
    isNew,
  };
  const what = kind === 'native' ? "the VM manager's load balancer" : 'the load balancer';
  const ports = frontends.map(({ port, protocol }) => `${protocol} ${port}`).join(', ');
  return {
    id: applyId(balancer),
    kind: 'apply-balancer@1',
    title: `set up ${what} ${balancer.name} (${ports})`,
    args,
    after,
  };
}

export function deleteBalancerStep(
  infrastructureId: InfrastructureId,
  { name, kind, vmm }: KnownBalancer,
  after: After,
): PlannedStep {
  const balancer = { name: brandId('VmName', name), kind, vmm, hosts: [], networks: [] };
  const args: DeleteBalancerArgs = { infrastructureId, balancer };
  const title = `delete load balancer ${name}`;
  return { id: `delete-balancer:${name}@${vmm}`, kind: 'delete-balancer@1', title, args, after };
}

const portWithoutOne = 80;

function memberOf({ spec, vmm, name }: Replica) {
  const port = spec.balancing?.targetPort ?? spec.health.port ?? portWithoutOne;
  return { vmm, name, serviceId: spec.id, pool: poolName(spec.id), port };
}

export function keyOfReplica(replica: Replica): Sha256 {
  return memberKey({ ...memberOf(replica), balancer: replica.balancer });
}

function placed(infrastructureId: InfrastructureId, replica: Replica) {
  const { balancer } = replica;
  return {
    infrastructureId,
    ...memberOf(replica),
    ...(balancer ? { balancer: placeOfBalancer(balancer) } : {}),
  };
}

export function joinServiceStep(
  infrastructureId: InfrastructureId,
  replica: Replica,
  after: After,
): PlannedStep {
  const { spec, name } = replica;
  const { protocol, port, method, path, host, status, intervalMs, timeoutMs, fall, rise } = spec.health;
  const times = { intervalMs, timeoutMs, fall, rise };
  const health = { protocol, port, method, path, ...(host === undefined ? {} : { host }), status, ...times };
  const args: JoinServiceArgs = { ...placed(infrastructureId, replica), health };
  const title = `let ${name} into service ${spec.id} once it is well`;
  return { id: joinId(name, spec.id), kind: 'join-service@1', title, args, after };
}

export function leaveServiceStep(
  infrastructureId: InfrastructureId,
  replica: Replica,
  after: After,
): PlannedStep {
  const { spec, name } = replica;
  const drainMs = spec.balancing?.drainMs ?? 0;
  const args: LeaveServiceArgs = { ...placed(infrastructureId, replica), drainMs };
  const title = `take ${name} out of service ${spec.id}; what it has goes on for ${drainMs / 1000} s at most`;
  return { id: leaveId(name, spec.id), kind: 'leave-service@1', title, args, after };
}

function reach(infrastructureId: InfrastructureId, { vmm, name, bastion }: Replica): MonitorVmArgs {
  return { infrastructureId, vmm, name, ...(bastion === undefined ? {} : { bastion }) };
}

export function monitorVmStep(
  infrastructureId: InfrastructureId,
  replica: Replica,
  after: After,
): PlannedStep {
  const args = reach(infrastructureId, replica);
  const title = `measure the load of ${replica.name}`;
  return { id: `monitor-vm:${replica.name}`, kind: 'monitor-vm@1', title, args, after };
}

export function runHookStep(
  infrastructureId: InfrastructureId,
  replica: Replica,
  {
    when,
    hook,
    after,
  }: { readonly when: 'launch' | 'terminate'; readonly hook: HookSpec; readonly after: After },
): PlannedStep {
  const { name, spec } = replica;
  const args: RunHookArgs = { ...reach(infrastructureId, replica), serviceId: spec.id, when, ...hook };
  const title = `run the ${when} hook of service ${spec.id} on ${name}`;
  return { id: `run-hook:${when}:${name}`, kind: 'run-hook@1', title, args, after };
}
