import type { GroupAction, MemberStatus, PlanOutcome, ServiceSpec } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import {
  type InfrastructureId,
  type PlanId,
  type VmName,
  brandId,
  newPlanId,
  sha256OfJson,
} from '@trencadis/ids';
import type { Fleet, Group, ObservedReplica, ObservedVms } from '../fleet.ts';
import { keyOf } from '../group-record.ts';
import type { ManualClock } from './manual-clock.ts';

export interface SimulatedVm {
  replica: ObservedReplica;
  member: MemberStatus['state'] | 'absent';
}

type Change = Extract<GroupAction, { kind: 'change' }>;

interface SimulatedPlan {
  readonly key: string;
  readonly action?: GroupAction;
  readonly version: number;
  state: 'planned' | 'running' | PlanOutcome;
}

/** One group and what became of it. */
export class SimulatedGroup {
  readonly vms = new Map<VmName, SimulatedVm>();
  spec: ServiceSpec;
  counts: Record<string, number>;
  runningPlanId: PlanId | undefined;
  /** Grows with each plan that is begun: a plan of an older world is refused. */
  version = 0;
  launched = 0;
  mostVms = 0;
  nextNumber = 1;
  rollBacks = 0;

  readonly infrastructureId: InfrastructureId;

  constructor(infrastructureId: InfrastructureId, spec: ServiceSpec, counts: Record<string, number>) {
    this.infrastructureId = infrastructureId;
    this.spec = spec;
    this.counts = counts;
  }

  get serving(): readonly VmName[] {
    return [...this.vms.values()]
      .filter(({ replica, member }) => replica.vm === 'running' && member === 'up')
      .map(({ replica }) => replica.name);
  }
}

export interface SimulatedFleetOptions {
  readonly clock: ManualClock;
  /** Of a plan, until it ends. */
  readonly planMs?: number;
}

/** Groups in memory, with plans that take their time on the test's clock. It outlives the processes that use it. */
export class SimulatedFleet implements Fleet {
  readonly groups = new Map<string, SimulatedGroup>();
  readonly plans = new Map<PlanId, SimulatedPlan>();
  readonly signals: unknown[] = [];
  /** How often each VM was made anew. */
  readonly rolled = new Map<VmName, number>();
  /** Calls of these keys never answer. */
  readonly hanging = new Set<string>();
  /** What the next plan that is begun ends with, instead of success. */
  nextOutcome: PlanOutcome | undefined;
  planError: PlatformError | undefined;
  balancerError: PlatformError | undefined;
  readonly #clock: ManualClock;
  readonly #planMs: number;
  readonly #listeners = new Set<(id: InfrastructureId) => void>();

  constructor({ clock, planMs = 20_000 }: SimulatedFleetOptions) {
    this.#clock = clock;
    this.#planMs = planMs;
  }

  /** With all its replicas in service. */
  add(infrastructureId: InfrastructureId, spec: ServiceSpec, counts: Record<string, number>): SimulatedGroup {
    const group = new SimulatedGroup(infrastructureId, spec, counts);
    this.groups.set(keyOf({ infrastructureId, serviceId: spec.id }), group);
    for (const [cloud, count] of Object.entries(counts))
      for (let made = 0; made < count; made += 1) finish(this.#launch(group, cloud));
    group.launched = 0;
    return group;
  }

  async listGroups(): Promise<readonly Group[]> {
    return [...this.groups.values()].map(({ infrastructureId, spec, counts, runningPlanId }) => ({
      infrastructureId,
      serviceId: spec.id,
      infrastructureName: 'simulated',
      owner: 'ana',
      documentDigest: sha256OfJson(spec),
      spec,
      counts: { ...counts },
      ...(runningPlanId === undefined ? {} : { runningPlanId }),
    }));
  }

  async observeVms(key: Group): Promise<ObservedVms> {
    if (this.hanging.has(keyOf(key))) return forever();
    const vms = [...this.#get(key).vms.values()].map(({ replica }) => replica);
    const clouds = new Set(['', ...Object.keys(this.#get(key).counts)]);
    const answeredAt = Object.fromEntries([...clouds].map((cloud) => [cloud, this.#clock.nowMs]));
    return { replicas: vms, answeredAt };
  }

  async describeBalancer(key: Group) {
    if (this.balancerError !== undefined) throw this.balancerError;
    const { vms, spec } = this.#get(key);
    if (spec.balancing === undefined) return undefined;
    const members = [...vms.values()].flatMap(({ replica, member }) =>
      member === 'absent' ? [] : [memberOf(replica, member)],
    );
    return { endpoints: ['http://10.0.0.1'], status: 'active' as const, members };
  }

  async plan(key: Group, action: GroupAction): Promise<PlanId | undefined> {
    if (this.planError !== undefined) throw this.planError;
    const group = this.#get(key);
    if (group.runningPlanId !== undefined) throw new PlatformError('conflict', 'A plan runs.');
    return this.#store({ key: keyOf(key), action, version: group.version, state: 'planned' });
  }

  async planRollBack(key: Group): Promise<PlanId | undefined> {
    return this.#store({ key: keyOf(key), version: this.#get(key).version, state: 'planned' });
  }

  #store(plan: SimulatedPlan): PlanId {
    const id = newPlanId();
    this.plans.set(id, plan);
    return id;
  }

  async start(planId: PlanId): Promise<void> {
    const plan = this.plans.get(planId);
    const group = plan && this.groups.get(plan.key);
    if (plan === undefined || group === undefined)
      throw new PlatformError('not-found', 'There is no such plan.');
    if (plan.state !== 'planned') return;
    if (group.runningPlanId !== undefined || group.version !== plan.version)
      throw new PlatformError('conflict', 'The world has changed.');
    group.version += 1;
    group.runningPlanId = planId;
    plan.state = 'running';
    void this.#run(group, plan);
  }

  async outcome(planId: PlanId) {
    return this.plans.get(planId)?.state;
  }

  async signalHook(...signal: Parameters<Fleet['signalHook']>): Promise<void> {
    this.signals.push(signal);
  }

  onChange(listener: (id: InfrastructureId) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A replica whose VM is there and does not serve. */
  break(group: SimulatedGroup, name: VmName, how: { vm?: 'stopped' | 'absent'; member?: 'down' }): void {
    const vm = group.vms.get(name);
    if (vm === undefined) throw new Error(`There is no ${name}.`);
    if (how.vm !== undefined) vm.replica = { ...vm.replica, vm: how.vm };
    if (how.member !== undefined || how.vm !== undefined) vm.member = 'down';
  }

  async #run(group: SimulatedGroup, plan: SimulatedPlan): Promise<void> {
    const { action } = plan;
    const outcome = this.nextOutcome ?? { isSuccess: true };
    this.nextOutcome = undefined;
    const made = outcome.isSuccess && action?.kind === 'change' ? this.#launchFor(group, action) : [];
    await this.#clock.sleep(this.#planMs);
    made.forEach(finish);
    if (outcome.isSuccess && action !== undefined) this.#settle(group, action);
    if (action === undefined) group.rollBacks += 1;
    plan.state = outcome;
    group.runningPlanId = undefined;
    for (const listener of this.#listeners) listener(group.infrastructureId);
  }

  #settle(group: SimulatedGroup, action: GroupAction): void {
    const retired = action.kind === 'change' ? action.retire : [];
    const remade = action.kind === 'change' ? action.recreate : action.vms;
    for (const name of retired) group.vms.delete(name);
    if (action.kind === 'change') settleService(group, action);
    for (const name of remade) {
      const vm = group.vms.get(name);
      if (vm !== undefined) finish(vm);
      this.rolled.set(name, (this.rolled.get(name) ?? 0) + 1);
    }
  }

  #launchFor(group: SimulatedGroup, action: Change): SimulatedVm[] {
    group.counts = { ...action.counts };
    return Object.entries(action.counts).flatMap(([cloud, count]) => {
      const staying = [...group.vms.values()].filter(
        ({ replica }) => replica.cloud === cloud && !action.retire.includes(replica.name),
      );
      return Array.from({ length: Math.max(0, count - staying.length) }, () => this.#launch(group, cloud));
    });
  }

  #launch(group: SimulatedGroup, cloud: string): SimulatedVm {
    const number = group.nextNumber++;
    const name = brandId('VmName', `${group.infrastructureId}-${group.spec.systemId}-${number}`);
    const facts = { isConfigured: false, isOutdated: false, holdsDisk: false, address: `10.0.1.${number}` };
    const vm: SimulatedVm = {
      replica: { name, cloud, number, vm: 'creating', ...facts },
      member: 'absent',
    };
    group.vms.set(name, vm);
    group.launched += 1;
    group.mostVms = Math.max(group.mostVms, group.vms.size);
    return vm;
  }

  #get(key: Parameters<typeof keyOf>[0]): SimulatedGroup {
    const group = this.groups.get(keyOf(key));
    if (group === undefined) throw new PlatformError('not-found', `There is no group ${keyOf(key)}.`);
    return group;
  }
}

function settleService({ vms }: SimulatedGroup, { finish: lacking = [], leave = [], standby }: Change): void {
  for (const [name, vm] of vms) {
    const { isStandby, ...rest } = vm.replica;
    const isOut = standby === undefined ? isStandby === true : standby.includes(name);
    vm.replica = { ...rest, ...(isOut ? { isStandby: isOut } : {}) };
    if (leave.includes(name)) {
      vm.replica = { ...vm.replica, isConfigured: false };
      vm.member = 'absent';
    }
    if (lacking.includes(name)) finish(vm);
  }
}

function finish(vm: SimulatedVm): void {
  vm.replica = { ...vm.replica, vm: 'running', isConfigured: true, isOutdated: false };
  vm.member = 'up';
}

function memberOf(replica: ObservedReplica, state: MemberStatus['state']): MemberStatus {
  return {
    pool: 'front',
    name: replica.name,
    address: replica.address ?? '',
    port: 8080,
    weight: 100,
    state,
    sessions: 1,
    requests: 0,
  };
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}
