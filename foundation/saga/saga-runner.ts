import type { Clock } from '@trencadis/clock';
import { PlatformError, toPlatformError } from '@trencadis/errors';
import type { PlanId } from '@trencadis/ids';
import type { Log } from '@trencadis/log';
import pLimit, { type LimitFunction } from 'p-limit';
import { deriveSagaStatus } from './derive-status.ts';
import type { DurableEngine, DurableSteps } from './durable-steps.ts';
import { Journal, SagaHalted } from './journal.ts';
import { type SagaStatus, type StepEvent, type StepGraph, wholePlan } from './model.ts';
import { runSaga } from './run-saga.ts';
import type { MakeContext, RetryDeadlines, SagaParts } from './saga-parts.ts';
import { type AnyStepKind, type StepKinds, stepKindsByName } from './step-kinds.ts';
import type { SagaStore } from './store.ts';
import { validateGraph } from './validate-graph.ts';

export interface SagaRunnerOptions<Context> {
  readonly stepKinds: readonly AnyStepKind<Context>[];
  readonly makeContext: MakeContext<Context>;
  readonly log: Log;
  readonly clock: Clock;
  /** How many steps run at the same time, over all plans of this runner. */
  readonly concurrency: number;
  /** Default: 5 minutes for a run, 10 for an undo. */
  readonly deadlines?: RetryDeadlines;
}

export type CancelMode = StepGraph['onFailure'];
export type StepEventListener = (event: StepEvent) => void;

interface ActiveSaga {
  readonly journal: Journal;
  readonly stop: AbortController;
  readonly halt: AbortController;
  readonly ended: Promise<void>;
}

const defaultDeadlines: RetryDeadlines = { runMs: 5 * 60_000, undoMs: 10 * 60_000 };
const waitPollMs = 50;
const endedStatuses: ReadonlySet<SagaStatus> = new Set(['succeeded', 'undone', 'kept', 'stuck']);

/** Applies plans: durably, in parallel where the graph allows, and undone when they fail. */
export class SagaRunner<Context = unknown> {
  readonly #options: SagaRunnerOptions<Context>;
  readonly #engine: DurableEngine;
  readonly #store: SagaStore;
  readonly #kinds: StepKinds<Context>;
  readonly #limit: LimitFunction;
  readonly #active = new Map<PlanId, ActiveSaga>();
  /** Plans that were asked for and that the engine has not begun yet. */
  readonly #expected = new Set<PlanId>();
  /** Why a plan stopped in this process without an end. */
  readonly #halted = new Map<PlanId, PlatformError>();
  readonly #listeners = new Map<PlanId, Set<StepEventListener>>();

  private constructor(engine: DurableEngine, store: SagaStore, options: SagaRunnerOptions<Context>) {
    this.#engine = engine;
    this.#store = store;
    this.#options = options;
    this.#kinds = stepKindsByName(options.stepKinds);
    this.#limit = pLimit(options.concurrency);
  }

  /** Also goes on with the plans that this executor left unfinished, and starts those that were only saved. */
  static async launch<Context>(
    engine: DurableEngine,
    store: SagaStore,
    options: SagaRunnerOptions<Context>,
  ): Promise<SagaRunner<Context>> {
    const runner = new SagaRunner(engine, store, options);
    await engine.launch((planId, steps) => runner.#run(planId as PlanId, steps));
    // The process that saved them may have died before the engine heard of them; starting twice is once.
    for (const planId of await store.listUnbegunPlans()) await engine.start(planId, planId);
    return runner;
  }

  /** Resolves when the plan is stored and will run to its end whatever happens to this process. Twice is once. */
  async start(graph: StepGraph): Promise<void> {
    validateGraph(graph, this.#kinds);
    await this.#store.savePlan(graph);
    await this.#engine.start(graph.planId, graph.planId);
  }

  /** Stops the running steps, starts no other, then undoes or keeps. `conflict` when the plan has ended. */
  async requestCancel(planId: PlanId, mode: CancelMode): Promise<void> {
    const status = await this.status(planId);
    if (endedStatuses.has(status)) {
      throw new PlatformError(
        'conflict',
        `The plan ${planId} has ended (${status}): there is nothing to cancel.`,
        {
          subject: planId,
        },
      );
    }
    const active = this.#active.get(planId);
    if (active !== undefined) return active.journal.write(wholePlan, 'cancel-requested', { text: mode });
    const draft = {
      stepId: wholePlan,
      kind: 'cancel-requested',
      text: mode,
      at: this.#options.clock.now(),
    } as const;
    await this.#store.appendEvents(planId, [draft]);
  }

  /** The status once the plan has ended. Rejects when it stopped without an end (see {@link SagaRunner.resume}). */
  async wait(planId: PlanId, signal?: AbortSignal): Promise<SagaStatus> {
    for (;;) {
      signal?.throwIfAborted();
      await this.#active.get(planId)?.ended;
      const halted = this.#halted.get(planId);
      if (halted !== undefined) throw halted;
      const status = await this.status(planId);
      if (endedStatuses.has(status) && !this.#expected.has(planId)) return status;
      await this.#options.clock.sleep(waitPollMs, signal);
    }
  }

  async status(planId: PlanId): Promise<SagaStatus> {
    return deriveSagaStatus(await this.#getPlan(planId), await this.#store.readEvents(planId));
  }

  events(planId: PlanId, afterSequence = 0): Promise<readonly StepEvent[]> {
    return this.#store.readEvents(planId, afterSequence);
  }

  /** Goes on with a plan that is stuck (tries its undo again) or that stopped because its log could not be written. */
  async resume(planId: PlanId): Promise<void> {
    if (this.#active.has(planId)) return;
    const status = await this.status(planId);
    if (status !== 'stuck' && endedStatuses.has(status)) {
      throw new PlatformError(
        'conflict',
        `The plan ${planId} has ended (${status}): there is nothing to resume.`,
        {
          subject: planId,
        },
      );
    }
    this.#halted.delete(planId);
    this.#expected.add(planId);
    if (await this.#engine.resumeUnfinished(planId)) return;
    // Named after the state that it goes on from: two operators who resume at the same time start one workflow.
    const lastSequence = (await this.events(planId)).at(-1)?.sequence ?? 0;
    await this.#engine.start(status === 'planned' ? planId : `${planId}.${lastSequence}`, planId);
  }

  /** Each event once it is stored, of plans that run in this process. Answers how to stop listening. */
  subscribe(planId: PlanId, listener: StepEventListener): () => void {
    const listeners = this.#listeners.get(planId) ?? new Set();
    this.#listeners.set(planId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(planId);
    };
  }

  /** Stops in the middle of what runs; the next runner of this executor goes on from there. */
  async close(): Promise<void> {
    const active = [...this.#active];
    for (const [planId, { journal, halt }] of active) {
      this.#halted.set(
        planId,
        new PlatformError('unavailable', `The runner of ${planId} was closed.`, { subject: planId }),
      );
      journal.halt(new SagaHalted('The runner closes.'));
      halt.abort(new SagaHalted('The runner closes.'));
    }
    await Promise.all(active.map(([, { ended }]) => ended));
    await this.#engine.close();
  }

  async #run(planId: PlanId, steps: DurableSteps): Promise<void> {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const stop = new AbortController();
    const halt = new AbortController();
    const journal = this.#openJournal(planId, stop, halt);
    this.#halted.delete(planId);
    this.#active.set(planId, { journal, stop, halt, ended });
    this.#expected.delete(planId);
    try {
      const graph = await this.#readValidPlan(planId);
      await runSaga(this.#partsOf(graph, { journal, steps, stop, halt }));
    } catch (error) {
      this.#noteHalt(planId, error);
      throw error;
    } finally {
      this.#active.delete(planId);
      end();
    }
  }

  #partsOf(
    graph: StepGraph,
    own: Pick<SagaParts<Context>, 'journal' | 'steps' | 'stop' | 'halt'>,
  ): SagaParts<Context> {
    const { makeContext, clock, log, deadlines = defaultDeadlines } = this.#options;
    return { graph, kinds: this.#kinds, limit: this.#limit, makeContext, clock, log, deadlines, ...own };
  }

  #openJournal(planId: PlanId, stop: AbortController, halt: AbortController): Journal {
    return new Journal({
      store: this.#store,
      planId,
      clock: this.#options.clock,
      publish: (events) => {
        if (events.some(({ kind }) => kind === 'cancel-requested'))
          stop.abort(new Error('The plan was cancelled.'));
        this.#publish(planId, events);
      },
      onCrash: (error) => {
        this.#noteHalt(planId, error);
        halt.abort(new SagaHalted(error.message, { cause: error }));
      },
    });
  }

  #publish(planId: PlanId, events: readonly StepEvent[]): void {
    const listeners = [...(this.#listeners.get(planId) ?? [])];
    for (const event of events) for (const listener of listeners) this.#tell(listener, event);
  }

  /** A listener only watches: its mistake is reported and does not stop the plan. */
  #tell(listener: StepEventListener, event: StepEvent): void {
    try {
      listener(event);
    } catch (error) {
      this.#options.log.error({ planId: event.planId, error }, 'a listener of a plan failed');
    }
  }

  #noteHalt(planId: PlanId, error: unknown): void {
    if (this.#halted.has(planId)) return;
    const reason = error instanceof SagaHalted && error.cause !== undefined ? error.cause : error;
    this.#halted.set(planId, toPlatformError(reason));
    this.#options.log.error({ planId, error: reason }, 'a plan stopped without an end');
  }

  async #getPlan(planId: PlanId): Promise<StepGraph> {
    const graph = await this.#store.findPlan(planId);
    if (graph === undefined)
      throw new PlatformError('not-found', `There is no plan ${planId}.`, { subject: planId });
    return graph;
  }

  /** A plan that this version of the program cannot read waits, untouched, for one that can. */
  async #readValidPlan(planId: PlanId): Promise<StepGraph> {
    try {
      const graph = await this.#getPlan(planId);
      validateGraph(graph, this.#kinds);
      return graph;
    } catch (error) {
      throw new SagaHalted(`The plan ${planId} cannot be read.`, { cause: error });
    }
  }
}
