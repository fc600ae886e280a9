import {
  type GroupAction,
  type GroupSnapshot,
  type GroupState,
  decideGroup,
  newGroupState,
} from '@trencadis/availability';
import type { VmName } from '@trencadis/ids';
import type { ReconcilerParts } from '@trencadis/infrastructure';
import { type Group, InfrastructureFleet, type ObservedBalancer } from '@trencadis/service-controller';
import { leapingClock } from './leaping-clock.ts';
import { serviceDocument } from './service-document.ts';
import { SimulatedService } from './simulated-service.ts';

const tickMs = 5_000;
const deadlineMs = 40_000;

/** A deployed service with what keeps it, a decision at a time: what is decided on is what its fleet sees. */
export class ControlledService implements AsyncDisposable {
  readonly simulated: SimulatedService;
  readonly fleet: InfrastructureFleet;
  state: GroupState;
  readonly #group: Group;
  #now = 1_800_000_000_000;
  #hasEnded = false;

  private constructor(simulated: SimulatedService, fleet: InfrastructureFleet, group: Group) {
    this.simulated = simulated;
    this.fleet = fleet;
    this.#group = group;
    this.state = newGroupState(group.spec);
  }

  static async start(): Promise<ControlledService> {
    const simulated = await SimulatedService.start({ clock: leapingClock() });
    const plan = await simulated.plan(serviceDocument());
    await simulated.apply(plan);
    if ((await simulated.wait(plan)) !== 'succeeded') throw new Error('It was not deployed.');
    const { platform, sagas } = simulated;
    const log = { info: () => undefined, warn: () => undefined };
    const parts: ReconcilerParts = { world: platform.world, images: platform.images, sagas, log };
    const fleet = new InfrastructureFleet(parts);
    const [group] = await fleet.listGroups(AbortSignal.timeout(deadlineMs));
    if (group === undefined) throw new Error('No service is deployed.');
    return new ControlledService(simulated, fleet, group);
  }

  /** What was begun, by then ended. */
  async tick(): Promise<GroupAction | undefined> {
    const signal = AbortSignal.timeout(deadlineMs);
    const decision = decideGroup(await this.#snapshot(signal));
    this.state = decision.state;
    this.#hasEnded = decision.action !== undefined;
    if (decision.action === undefined) return undefined;
    const planId = await this.fleet.plan(this.#group, decision.action, signal);
    if (planId === undefined) return decision.action;
    await this.fleet.start(planId, signal);
    const outcome = await this.simulated.sagas.wait(planId, signal);
    if (outcome !== 'succeeded') throw new Error(`The plan is ${outcome}.`);
    return decision.action;
  }

  /** What was begun in so many ticks. */
  async ticks(count: number): Promise<readonly GroupAction[]> {
    const actions: GroupAction[] = [];
    for (let index = 0; index < count; index += 1) {
      const action = await this.tick();
      if (action !== undefined) actions.push(action);
    }
    return actions;
  }

  /** What its balancer has up. */
  async serving(): Promise<readonly string[]> {
    const seen = await this.fleet.describeBalancer(this.#group, AbortSignal.timeout(deadlineMs));
    return namesOf(seen).toSorted();
  }

  /** By hand: nobody is told. */
  takeFromBalancer(name: VmName): void {
    const all = this.simulated.platform.balancers
      .worlds()
      .flatMap(({ balancers }) => [...balancers.values()]);
    for (const { members } of all)
      for (const [key, { spec }] of members) if (spec.name === name) members.delete(key);
  }

  /** As if it had never come into service, nor been configured. */
  async forget(name: VmName): Promise<void> {
    this.takeFromBalancer(name);
    await this.simulated.platform.world.store.clearConfigured(this.#group.infrastructureId, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
    await this.simulated[Symbol.asyncDispose]();
  }

  async #snapshot(signal: AbortSignal): Promise<GroupSnapshot> {
    this.#now += tickMs;
    const { replicas } = await this.fleet.observeVms(this.#group, signal);
    const balancer = await this.fleet.describeBalancer(this.#group, signal);
    const memberOf = (name: string) =>
      balancer?.members.find((each) => each.name === name)?.state ?? ('absent' as const);
    return {
      now: this.#now,
      spec: this.#group.spec,
      state: this.state,
      replicas: replicas.map((replica) => ({ ...replica, member: memberOf(replica.name) })),
      isPlanRunning: false,
      ...(this.#hasEnded ? { outcome: { isSuccess: true } } : {}),
      answeredAt: { '': this.#now },
      samples: { byReplica: {}, ofGroup: {} },
    };
  }
}

function namesOf(balancer: ObservedBalancer | undefined): readonly string[] {
  return (balancer?.members ?? []).filter(({ state }) => state === 'up').map(({ name }) => name);
}
