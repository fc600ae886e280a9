import { PlatformError } from '@trencadis/errors';
import type { PlanId } from '@trencadis/ids';
import type { DurableEngine } from './durable-engine.ts';
import { type SagaStatus, type StepEvent, type StepGraph, wholePlan } from './model.ts';
import type { Presence, PresenceHandlers } from './presence.ts';
import { RunningSagas } from './running-sagas.ts';
import type { SagaRunnerOptions } from './saga-runner-options.ts';
import { SagaWatch, endedStatuses } from './saga-watch.ts';
import { type StepEventListener, StepEventListeners } from './step-event-listeners.ts';
import type { SagaStore } from './store.ts';
import { validateGraph } from './validate-graph.ts';

export type { SagaRunnerOptions } from './saga-runner-options.ts';
export type { StepEventListener } from './step-event-listeners.ts';

export type CancelMode = StepGraph['onFailure'];

/** What a runner stands on. */
export interface SagaRunnerParts {
  readonly engine: DurableEngine;
  readonly store: SagaStore;
  /** Who this process is to its peers; without, it has none. */
  readonly presence?: { readonly executorId: string; readonly peers: Presence };
}

/** Younger ones are about to be begun by who saved them. */
const unbegunMinAgeMs = 2_000;

/** Applies plans: durably, in parallel where the graph allows, and undone when they fail. */
export class SagaRunner<Context = unknown> {
  readonly #options: SagaRunnerOptions<Context>;
  readonly #parts: SagaRunnerParts;
  readonly #store: SagaStore;
  readonly #running: RunningSagas<Context>;
  readonly #watch: SagaWatch;
  readonly #listeners: StepEventListeners;
  /** Plans that were asked to go on, with the epoch of their last run: their end is that of a later run. */
  readonly #resumed = new Map<PlanId, number>();

  private constructor(parts: SagaRunnerParts, options: SagaRunnerOptions<Context>) {
    this.#parts = parts;
    this.#store = parts.store;
    this.#options = options;
    this.#listeners = new StepEventListeners(options.log);
    this.#running = new RunningSagas({
      store: parts.store,
      options,
      publish: (planId, events) => {
        this.#listeners.publish(planId, events);
        this.#watch.ring(planId);
      },
      onTurn: (planId) => this.#watch.ring(planId),
      onEnd: (planId, status) => this.#watch.note(planId, status),
    });
    this.#watch = new SagaWatch(parts.store, options.clock, (planId) => this.#running.progressOf(planId));
  }

  /** Also goes on with the plans that dead processes left unfinished, and starts those that were only saved. */
  static async launch<Context>(
    parts: SagaRunnerParts,
    options: SagaRunnerOptions<Context>,
  ): Promise<SagaRunner<Context>> {
    const runner = new SagaRunner(parts, options);
    const peers = parts.presence?.peers;
    await peers?.join(runner.#handlers());
    try {
      await parts.engine.launch((planId) => runner.#running.run(planId as PlanId));
      await peers?.watch();
      await runner.#startUnbegun(0);
    } catch (error) {
      await peers?.leave();
      throw error;
    }
    return runner;
  }

  /** Resolves when the plan is stored and will run to its end whatever happens to this process. Twice is once. */
  async start(graph: StepGraph): Promise<void> {
    validateGraph(graph, this.#running.kinds);
    await this.#store.savePlan(graph);
    await this.#parts.engine.start(graph.planId, graph.planId);
  }

  /** Stops the running steps, starts no other, then undoes or keeps. `conflict` when the plan has ended. */
  async requestCancel(planId: PlanId, mode: CancelMode): Promise<void> {
    const status = await this.status(planId);
    if (endedStatuses.has(status)) {
      throw new PlatformError(
        'conflict',
        `The plan ${planId} has ended (${status}): there is nothing to cancel.`,
        { subject: planId },
      );
    }
    const at = this.#options.clock.now();
    await this.#store.appendEvents(planId, [{ stepId: wholePlan, kind: 'cancel-requested', text: mode, at }]);
    // What runs elsewhere hears of it by a notification.
    for (const head of await this.#store.readHeads([planId])) await this.#running.hear(head);
  }

  /** The status once the plan has ended. Rejects when it stopped without an end (see {@link SagaRunner.resume}). */
  async wait(planId: PlanId, signal?: AbortSignal): Promise<SagaStatus> {
    using bell = this.#watch.listen(planId);
    for (;;) {
      signal?.throwIfAborted();
      await unlessAborted(this.#running.ended(planId), signal);
      const halted = this.#running.whyHalted(planId);
      if (halted !== undefined) throw halted;
      const status = await this.status(planId);
      if (endedStatuses.has(status) && (await this.#hasGoneOn(planId))) return status;
      await bell.next(signal);
    }
  }

  status(planId: PlanId): Promise<SagaStatus> {
    return this.#watch.status(planId);
  }

  events(planId: PlanId, afterSequence = 0): Promise<readonly StepEvent[]> {
    return this.#store.readEvents(planId, afterSequence);
  }

  /** The events after that number, then those to come, until the plan ends; whatever process runs it. */
  follow(planId: PlanId, afterSequence: number, signal: AbortSignal): AsyncIterable<StepEvent> {
    const isAtRest = async () => !this.#running.has(planId) && this.#hasGoneOn(planId);
    return this.#watch.follow(planId, { after: afterSequence, isAtRest }, signal);
  }

  /** Goes on with a plan that is stuck (tries its undo again) or that stopped because its log could not be written. */
  async resume(planId: PlanId): Promise<void> {
    if (this.#running.has(planId)) return;
    const status = await this.status(planId);
    if (status !== 'stuck' && endedStatuses.has(status)) {
      throw new PlatformError(
        'conflict',
        `The plan ${planId} has ended (${status}): there is nothing to resume.`,
        { subject: planId },
      );
    }
    const [head] = await this.#store.readHeads([planId]);
    this.#running.forgetHalt(planId);
    this.#resumed.set(planId, head?.epoch ?? 0);
    // Named after the state that it goes on from: two operators who resume at the same time start one workflow.
    const workflowId = status === 'planned' ? planId : `${planId}.${head?.lastSequence}`;
    // The workflow that got stuck may not be recorded as ended yet: resumed, it would end and nothing would go on.
    if (await this.#parts.engine.resumeUnfinished(status === 'stuck' ? workflowId : planId)) return;
    await this.#parts.engine.start(workflowId, planId);
  }

  /** Each event once it is stored, of plans that run in this process. Answers how to stop listening. */
  subscribe(planId: PlanId, listener: StepEventListener): () => void {
    return this.#listeners.add(planId, listener);
  }

  /** Stops in the middle of what runs; a peer, or the next process, goes on from there. */
  async close(): Promise<void> {
    await this.#running.close();
    await this.#parts.engine.close();
    await this.#parts.presence?.peers.leave();
  }

  #handlers(): PresenceHandlers {
    const { log } = this.#options;
    const { engine, presence } = this.#parts;
    return {
      onChange: (head) => {
        this.#watch.ring(head.planId);
        this.#running.hear(head).catch((error: unknown) => {
          log.warn(
            { planId: head.planId, error },
            'news of a plan could not be read; asked again in a second',
          );
        });
      },
      onTick: async () => {
        await this.#running.hearAll();
        await this.#startUnbegun(unbegunMinAgeMs);
      },
      onLost: () => {
        log.warn({}, 'the plans that run here halt: peers may take them over');
        void this.#running.bar('This process cannot prove that it is alive.');
      },
      onRegained: async () => {
        this.#running.unbar();
        if (presence !== undefined) await engine.adopt(presence.executorId);
      },
      onPeerDied: (executorId) => engine.adopt(executorId),
    };
  }

  /** The process that saved them may have died before the engine heard of them; starting twice is once. */
  async #startUnbegun(minAgeMs: number): Promise<void> {
    for (const planId of await this.#store.listUnbegunPlans(minAgeMs)) {
      await this.#parts.engine.start(planId, planId);
    }
  }

  async #hasGoneOn(planId: PlanId): Promise<boolean> {
    const epochBefore = this.#resumed.get(planId);
    if (epochBefore === undefined) return true;
    const [head] = await this.#store.readHeads([planId]);
    if (head === undefined || head.epoch <= epochBefore) return false;
    this.#resumed.delete(planId);
    return true;
  }
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort);
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
