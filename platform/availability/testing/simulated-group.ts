import type { VmName } from '@trencadis/ids';
import { decideGroup } from '../decide-group.ts';
import type {
  GroupDecision,
  GroupEvent,
  GroupSnapshot,
  GroupState,
  PlanOutcome,
  Samples,
  ServiceSpec,
} from '../model.ts';
import { newGroupState } from '../new-group-state.ts';
import { simulatePlan } from './simulated-plan.ts';
import { type SimulatedVm, SimulatedWorld, type SimulatedWorldOptions } from './simulated-world.ts';

/** Where the controller dies within a tick; `mid-plan`: with the runner of plans, which resumes later. */
export type CrashPoint = 'before-write' | 'after-write' | 'after-start' | 'mid-plan';

export interface SimulatedTick {
  readonly snapshot: GroupSnapshot;
  readonly decision: GroupDecision;
}

const tickMs = 5_000;
const downMs = 20_000;

/** The loop of a controller around one service, on a simulated world: stored state, decisions, plans, crashes. */
export class SimulatedGroup {
  readonly world: SimulatedWorld;
  spec: ServiceSpec;
  /** As stored. */
  state: GroupState;
  samples: Samples = { byReplica: {}, ofGroup: {} };
  /** Set: called with each tick before its decision is stored. */
  onTick: ((tick: SimulatedTick) => void) | undefined;
  #plan: Generator<void, PlanOutcome, void> | undefined;
  #outcome: PlanOutcome | undefined;
  #controllerDownUntil = 0;
  #runnerDownUntil = 0;

  constructor(spec: ServiceSpec, options: SimulatedWorldOptions = {}) {
    const clouds = spec.replicas.clouds.length === 0 ? [''] : spec.replicas.clouds;
    this.world = new SimulatedWorld({ clouds, isBalanced: spec.balancing !== undefined, ...options });
    this.spec = spec;
    this.state = newGroupState(spec);
  }

  get isPlanRunning(): boolean {
    return this.#plan !== undefined;
  }

  tick(crash?: CrashPoint): SimulatedTick | undefined {
    const snapshot = this.observe();
    return snapshot === undefined ? undefined : this.carryOut(snapshot, decideGroup(snapshot), crash);
  }

  /** The first half of a tick: time goes on, and what is seen then; `undefined` while the controller is down. */
  observe(): GroupSnapshot | undefined {
    this.world.advance(tickMs);
    this.#advancePlan();
    return this.world.now < this.#controllerDownUntil ? undefined : this.snapshot();
  }

  /** The second half: the state is stored, then the plan begins; unless it crashes. */
  carryOut(snapshot: GroupSnapshot, decision: GroupDecision, crash?: CrashPoint): SimulatedTick | undefined {
    this.onTick?.({ snapshot, decision });
    if (crash !== undefined) this.#controllerDownUntil = this.world.now + downMs;
    if (crash === 'mid-plan') this.#runnerDownUntil = this.world.now + downMs;
    if (crash === 'before-write') return undefined;
    this.state = decision.state;
    this.#outcome = undefined;
    if (crash === 'after-write') return undefined;
    if (decision.action !== undefined) this.#plan = simulatePlan(this.world, decision.action);
    return { snapshot, decision };
  }

  /** The events of so many ticks. */
  run(ticks: number): readonly GroupEvent[] {
    const events: GroupEvent[] = [];
    for (let index = 0; index < ticks; index++) events.push(...(this.tick()?.decision.events ?? []));
    return events;
  }

  /** Ticks until it is so; throws when it is not after `most`. */
  runUntil(isSo: (group: SimulatedGroup) => boolean, most = 1000): number {
    for (let ticks = 0; ticks <= most; ticks++) {
      if (isSo(this)) return ticks;
      this.tick();
    }
    throw new Error(`not so after ${most} ticks: ${JSON.stringify(this.state)}`);
  }

  /** As many as desired in service, nothing else there but what stands by and gets nothing, nothing to be done. */
  isWhole(): boolean {
    const { world, state } = this;
    const isStandby = (name: VmName) => state.replicas[name]?.isStandby === true;
    const vms = [...world.vms.values()];
    const serving = vms.filter(({ name }) => !isStandby(name));
    const isEach = vms.every((vm) => (isStandby(vm.name) ? vm.joinedAt === undefined : this.#isServing(vm)));
    const isKnown = [...world.slots.keys()].every((name) => isStandby(name) === world.standby.has(name));
    const standby = [...world.slots.keys()].filter(isStandby).length;
    return (
      isEach &&
      isKnown &&
      serving.length === state.desired &&
      world.slots.size === serving.length + standby &&
      this.#isQuiet()
    );
  }

  snapshot(): GroupSnapshot {
    const { world, spec, state, samples } = this;
    return {
      now: world.now,
      spec,
      state,
      replicas: world.views(),
      isPlanRunning: this.isPlanRunning,
      ...(this.#outcome !== undefined && { outcome: this.#outcome }),
      answeredAt: world.answeredAt(),
      samples,
    };
  }

  #isServing(vm: SimulatedVm): boolean {
    return (
      this.world.isGood(vm) && this.world.slots.has(vm.name) && vm.joinedAt !== undefined && !vm.isDraining
    );
  }

  #isQuiet(): boolean {
    const inService = Object.values(this.state.replicas).filter((one) => one.inServiceAt !== undefined);
    return !this.isPlanRunning && this.state.pending === undefined && inService.length >= this.state.desired;
  }

  #advancePlan(): void {
    if (this.#plan === undefined || this.world.now < this.#runnerDownUntil) return;
    const step = this.#plan.next();
    if (step.done !== true) return;
    this.#plan = undefined;
    this.#outcome = step.value;
  }
}
