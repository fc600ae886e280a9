import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { PlanId } from '@trencadis/ids';
import type { SagaStatus, StepEvent } from './model.ts';
import { SagaProgress } from './saga-progress.ts';
import { type SagaStore, readPages } from './store.ts';

/** A plan in one of these does not go on by itself. */
export const endedStatuses: ReadonlySet<SagaStatus> = new Set(['succeeded', 'undone', 'kept', 'stuck']);

/** Should a notification be lost. */
const pollMs = 1_000;
/** So that a plan of many quick steps is read some at a time. */
const gatherMs = 20;
const keptProgresses = 20;
const keptEndings = 10_000;

/** Where plans stand, whatever process runs them. Each event is read once for as long as a plan is looked at. */
export class SagaWatch {
  readonly #store: SagaStore;
  readonly #clock: Clock;
  readonly #findRunning: (planId: PlanId) => SagaProgress | undefined;
  /** In the order of their last use. */
  readonly #progresses = new Map<PlanId, SagaProgress>();
  readonly #endings = new Map<PlanId, SagaStatus>();
  readonly #bells = new Map<PlanId, Set<Bell>>();

  /** `findRunning`: the progress of a plan that runs in this process, which is always up to date. */
  constructor(store: SagaStore, clock: Clock, findRunning: (planId: PlanId) => SagaProgress | undefined) {
    this.#store = store;
    this.#clock = clock;
    this.#findRunning = findRunning;
  }

  async status(planId: PlanId): Promise<SagaStatus> {
    const ending = this.#endings.get(planId);
    if (ending !== undefined) return ending;
    const { status } = this.#findRunning(planId) ?? (await this.#refreshed(planId));
    this.note(planId, status);
    return status;
  }

  /** A plan that is stuck may be resumed; the other endings are for good and need not be read again. */
  note(planId: PlanId, status: SagaStatus): void {
    if (!endedStatuses.has(status) || status === 'stuck') return;
    this.#progresses.delete(planId);
    keepLast(this.#endings, planId, status, keptEndings);
  }

  /** Something has happened to the plan: those who wait look again. */
  ring(planId: PlanId): void {
    for (const bell of this.#bells.get(planId) ?? []) bell.ring();
  }

  /** Answers what waits for the next ring; a ring between two waits is not missed. */
  listen(planId: PlanId): Bell {
    const bells = this.#bells.get(planId) ?? new Set();
    const bell = new Bell(this.#clock, () => {
      bells.delete(bell);
      if (bells.size === 0) this.#bells.delete(planId);
    });
    this.#bells.set(planId, bells.add(bell));
    return bell;
  }

  /** `isAtRest`: neither runs here nor was asked to go on, so that its ending is no earlier one. */
  async *follow(
    planId: PlanId,
    { after, isAtRest }: { readonly after: number; readonly isAtRest: () => Promise<boolean> },
    signal: AbortSignal,
  ): AsyncGenerator<StepEvent> {
    using bell = this.listen(planId);
    let last = after;
    for (;;) {
      signal.throwIfAborted();
      // Asked before the events are read, so that none written at the end is missed.
      const hasEnded = (await isAtRest()) && endedStatuses.has(await this.status(planId));
      for await (const page of readPages(this.#store, planId, last)) {
        for (const event of page) {
          last = event.sequence;
          yield event;
        }
      }
      if (hasEnded) return;
      await bell.next(signal);
      await this.#clock.sleep(gatherMs, signal);
    }
  }

  async #refreshed(planId: PlanId): Promise<SagaProgress> {
    const progress = this.#progresses.get(planId) ?? (await this.#readProgress(planId));
    keepLast(this.#progresses, planId, progress, keptProgresses);
    for await (const page of readPages(this.#store, planId, progress.lastSequence)) progress.absorb(page);
    return progress;
  }

  async #readProgress(planId: PlanId): Promise<SagaProgress> {
    const graph = await this.#store.findPlan(planId);
    if (graph === undefined)
      throw new PlatformError('not-found', `There is no plan ${planId}.`, { subject: planId });
    return new SagaProgress(graph);
  }
}

class Bell {
  readonly #clock: Clock;
  readonly #stop: () => void;
  #hasRung = false;
  #answer: (() => void) | undefined;

  constructor(clock: Clock, stop: () => void) {
    this.#clock = clock;
    this.#stop = stop;
  }

  ring(): void {
    this.#hasRung = true;
    this.#answer?.();
  }

  /** Resolves when it has rung since the last time, or after a while. */
  async next(signal?: AbortSignal): Promise<void> {
    if (!this.#hasRung) {
      const timer = new AbortController();
      const signals = signal === undefined ? [timer.signal] : [timer.signal, signal];
      const { promise: rung, resolve } = Promise.withResolvers<void>();
      this.#answer = resolve;
      await Promise.race([rung, this.#clock.sleep(pollMs, AbortSignal.any(signals))]);
      timer.abort();
    }
    this.#hasRung = false;
  }

  [Symbol.dispose](): void {
    this.#stop();
  }
}

/** Sets the newest entry, and drops the oldest when there are too many. */
function keepLast<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, atMost: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > atMost && oldest !== undefined) map.delete(oldest);
}
