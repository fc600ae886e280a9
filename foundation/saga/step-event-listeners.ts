import type { PlanId } from '@trencadis/ids';
import type { Log } from '@trencadis/log';
import type { StepEvent } from './model.ts';

export type StepEventListener = (event: StepEvent) => void;

export class StepEventListeners {
  readonly #log: Log;
  readonly #listeners = new Map<PlanId, Set<StepEventListener>>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Answers how to stop listening. */
  add(planId: PlanId, listener: StepEventListener): () => void {
    const listeners = this.#listeners.get(planId) ?? new Set();
    this.#listeners.set(planId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(planId);
    };
  }

  publish(planId: PlanId, events: readonly StepEvent[]): void {
    const listeners = [...(this.#listeners.get(planId) ?? [])];
    for (const event of events) for (const listener of listeners) this.#tell(listener, event);
  }

  /** A listener only watches: its mistake is reported and does not stop the plan. */
  #tell(listener: StepEventListener, event: StepEvent): void {
    try {
      listener(event);
    } catch (error) {
      this.#log.error({ planId: event.planId, error }, 'a listener of a plan failed');
    }
  }
}
