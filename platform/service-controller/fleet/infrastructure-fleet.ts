import type { GroupAction } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import type { InfrastructureId, PlanId, VmName } from '@trencadis/ids';
import { type ReconcilerParts, VmShells, applyPlan, noteOwnAct } from '@trencadis/infrastructure/services';
import type { Fleet, Group, GroupKey, HookVerdict, ObservedBalancer, ObservedVms } from '../fleet.ts';
import { DeployedServices } from './deployed-services.ts';
import { describeServiceBalancer } from './describe-service-balancer.ts';
import { outcomeOf } from './outcome-of.ts';
import { planGroupAction } from './plan-group-action.ts';
import { planRollBack, serviceActor } from './plan-roll-back.ts';
import { ReplicaObservation } from './replica-observation.ts';
import { ReplicaWays, type WayToReplica } from './replica-ways.ts';

/** Services as the infrastructure manager deploys them. */
export class InfrastructureFleet implements Fleet, AsyncDisposable {
  readonly #parts: ReconcilerParts;
  readonly #shells: VmShells;
  readonly #deployed: DeployedServices;
  readonly #observation: ReplicaObservation;
  readonly #ways: ReplicaWays;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(id: InfrastructureId) => void>();

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#shells = new VmShells(parts.world);
    this.#deployed = new DeployedServices(parts);
    this.#observation = new ReplicaObservation(parts, this.#deployed);
    this.#ways = new ReplicaWays({ world: parts.world, shells: this.#shells });
  }

  async listGroups(_signal: AbortSignal, only?: readonly InfrastructureId[]): Promise<readonly Group[]> {
    const groups = await this.#deployed.listGroups(only);
    if (only !== undefined) return groups;
    const ids = new Set(groups.map(({ infrastructureId }) => infrastructureId));
    this.#observation.forgetAllBut(ids);
    this.#ways.forgetAllBut(ids);
    await this.#shells.close(({ infrastructureId }) => !ids.has(infrastructureId));
    return groups;
  }

  async observeVms(group: Group, signal: AbortSignal): Promise<ObservedVms> {
    const seen = await this.#observation.observe(group, signal);
    const { infrastructureId: id } = group;
    await this.#shells.close(
      ({ infrastructureId, name }) =>
        infrastructureId === id && this.#observation.vmOf(id, name) === undefined,
    );
    return seen;
  }

  describeBalancer(group: Group, signal: AbortSignal): Promise<ObservedBalancer | undefined> {
    return describeServiceBalancer(
      {
        world: this.#parts.world,
        shells: this.#shells,
        deployed: this.#deployed,
        observation: this.#observation,
      },
      group,
      signal,
    );
  }

  plan(group: Group, action: GroupAction, signal: AbortSignal): Promise<PlanId | undefined> {
    const isOutdated = (vm: VmName) => this.#observation.isOutdated(group, vm);
    return planGroupAction(this.#parts, { group, action, isOutdated, actor: serviceActor }, signal);
  }

  planRollBack(group: Group, signal: AbortSignal, actor = serviceActor): Promise<PlanId | undefined> {
    return planRollBack(this.#parts, { id: group.infrastructureId, actor }, signal);
  }

  async start(planId: PlanId, signal: AbortSignal): Promise<void> {
    const { store } = this.#parts.world;
    const plan = await store.findPlan(planId);
    const infrastructure = plan && (await store.find(plan.infrastructureId));
    if (!plan || !infrastructure)
      throw new PlatformError('not-found', `There is no plan ${planId}.`, { subject: planId });
    await applyPlan(this.#parts, { plan, infrastructure, onFailure: 'undo' }, signal);
    const because = plan.steps.map(({ title }) => title).join('; ');
    await noteOwnAct(this.#parts, infrastructure, { actor: serviceActor, act: plan.kind, planId, because });
    void this.#follow(planId, infrastructure.id);
  }

  outcome(planId: PlanId): ReturnType<Fleet['outcome']> {
    return outcomeOf(this.#parts, planId);
  }

  async signalHook({ infrastructureId }: GroupKey, vm: VmName, verdict: HookVerdict): Promise<void> {
    const { store, clock } = this.#parts.world;
    if (await store.signalHook(infrastructureId, vm, { verdict, at: clock.now() })) return;
    throw new PlatformError('not-found', `No hook waits on ${vm}.`, { subject: vm });
  }

  onChange(listener: (id: InfrastructureId) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Something happened to that infrastructure: whoever looks at it should look again. */
  tell(id: InfrastructureId): void {
    for (const listener of this.#listeners) listener(id);
  }

  /** At which a replica's load and health are asked; `undefined`: it has no address yet. */
  async wayTo(group: Group, vm: VmName, signal: AbortSignal): Promise<WayToReplica | undefined> {
    const found = this.#observation.vmOf(group.infrastructureId, vm);
    return found && (await this.#ways.to(group, found, signal));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('The platform is closing.'));
    await this.#shells.close();
  }

  /** Tells of its beginning, and of its end. */
  async #follow(planId: PlanId, id: InfrastructureId): Promise<void> {
    this.tell(id);
    try {
      await this.#parts.sagas.wait(planId, this.#closing.signal);
    } catch (error) {
      // Its end is seen all the same, a little later, by who asks for its outcome.
      if (!this.#closing.signal.aborted)
        this.#parts.log.warn({ planId, error }, 'a plan is not followed any more');
      return;
    }
    this.tell(id);
  }
}
