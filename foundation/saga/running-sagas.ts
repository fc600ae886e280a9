import { PlatformError, toPlatformError } from '@trencadis/errors';
import type { PlanId } from '@trencadis/ids';
import pLimit, { type LimitFunction } from 'p-limit';
import { Journal, SagaHalted } from './journal.ts';
import type { SagaStatus, StepEvent, StepGraph } from './model.ts';
import { runSaga } from './run-saga.ts';
import type { SagaParts } from './saga-parts.ts';
import { SagaProgress } from './saga-progress.ts';
import type { SagaRunnerOptions } from './saga-runner-options.ts';
import { type StepKinds, stepKindsByName } from './step-kinds.ts';
import { placesOfPlan } from './step-places.ts';
import type { PlanHead, SagaStore } from './store.ts';
import { validateGraph } from './validate-graph.ts';

interface Run {
  readonly stop: AbortController;
  readonly halt: AbortController;
  readonly ended: Promise<void>;
  /** Undefined while the plan is still being read. */
  journal: Journal | undefined;
}

export interface RunningSagasParts<Context> {
  readonly store: SagaStore;
  readonly options: SagaRunnerOptions<Context>;
  readonly publish: (planId: PlanId, events: readonly StepEvent[]) => void;
  /** A run of the plan has begun or ended here. */
  readonly onTurn: (planId: PlanId) => void;
  /** It has come to the plan's end. */
  readonly onEnd: (planId: PlanId, status: SagaStatus) => void;
}

const defaultDeadlines = { runMs: 5 * 60_000, undoMs: 10 * 60_000 };

/** The sagas that run in this process. */
export class RunningSagas<Context> {
  readonly kinds: StepKinds<Context>;
  readonly #parts: RunningSagasParts<Context>;
  /** Over all plans. */
  readonly #places: LimitFunction;
  readonly #runs = new Map<PlanId, Run>();
  /** Why a plan stopped here without an end and waits for somebody to resume it. */
  readonly #halted = new Map<PlanId, PlatformError>();
  /** Set while no run may begin or go on here. */
  #barred: SagaHalted | undefined;

  constructor(parts: RunningSagasParts<Context>) {
    this.#parts = parts;
    this.kinds = stepKindsByName(parts.options.stepKinds);
    this.#places = pLimit(parts.options.concurrency);
  }

  /** Resolves when the run of that plan here, if there is one, has ended or stopped. */
  async ended(planId: PlanId): Promise<void> {
    await this.#runs.get(planId)?.ended;
  }

  has(planId: PlanId): boolean {
    return this.#runs.has(planId);
  }

  progressOf(planId: PlanId): SagaProgress | undefined {
    return this.#runs.get(planId)?.journal?.progress;
  }

  whyHalted(planId: PlanId): PlatformError | undefined {
    return this.#halted.get(planId);
  }

  forgetHalt(planId: PlanId): void {
    this.#halted.delete(planId);
  }

  async run(planId: PlanId): Promise<void> {
    // Whoever took a plan over here waits until its earlier run has come to rest.
    while (this.#runs.has(planId)) await this.ended(planId);
    if (this.#barred !== undefined) throw this.#barred;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const run: Run = { stop: new AbortController(), halt: new AbortController(), ended, journal: undefined };
    this.#halted.delete(planId);
    this.#runs.set(planId, run);
    try {
      const journal = await this.#begin(planId, run);
      await runSaga(this.#partsOf(run, journal));
      this.#parts.onEnd(planId, journal.progress.status);
    } catch (error) {
      if (!(error instanceof SagaHalted) || error.cause !== undefined) this.#noteHalt(planId, error);
      throw error;
    } finally {
      this.#runs.delete(planId);
      end();
      this.#parts.onTurn(planId);
    }
  }

  /** Reacts to what another process did to a plan that runs here: asked to cancel it, or took it over. */
  async hear(head: PlanHead): Promise<void> {
    await this.#runs.get(head.planId)?.journal?.hear(head);
  }

  /** As {@link RunningSagas.hear}, for all; a notification may have been lost. */
  async hearAll(): Promise<void> {
    for (const head of await this.#parts.store.readHeads([...this.#runs.keys()])) await this.hear(head);
  }

  /** Stops all in the middle; nothing runs until {@link RunningSagas.unbar}. */
  async bar(why: string): Promise<void> {
    this.#barred = new SagaHalted(why);
    const runs = [...this.#runs.values()];
    for (const { journal, halt } of runs) {
      journal?.halt(this.#barred);
      halt.abort(this.#barred);
    }
    await Promise.all(runs.map(({ ended }) => ended));
  }

  unbar(): void {
    this.#barred = undefined;
  }

  /** For good; who waits for a plan here is told so. */
  async close(): Promise<void> {
    for (const planId of this.#runs.keys()) {
      const closed = new PlatformError('unavailable', `The runner of ${planId} was closed.`, {
        subject: planId,
      });
      this.#halted.set(planId, closed);
    }
    await this.bar('The runner closes.');
  }

  async #begin(planId: PlanId, run: Run): Promise<Journal> {
    const graph = await this.#readValidPlan(planId);
    const epoch = await this.#parts.store.takeEpoch(planId);
    const journal = this.#openJournal(run, graph, epoch);
    await journal.load();
    // From here on who asks for the progress gets this one, with all that earlier runs did.
    run.journal = journal;
    this.#parts.onTurn(planId);
    run.halt.signal.throwIfAborted();
    await journal.refresh();
    return journal;
  }

  #openJournal({ stop, halt }: Run, graph: StepGraph, epoch: number): Journal {
    const { store, publish, options } = this.#parts;
    const { planId } = graph;
    return new Journal({
      store,
      epoch,
      clock: options.clock,
      progress: new SagaProgress(graph),
      publish: (events) => {
        if (events.some(({ kind }) => kind === 'cancel-requested'))
          stop.abort(new Error('The plan was cancelled.'));
        publish(planId, events);
      },
      onHalt: (error) => {
        if (error === undefined) options.log.info({ planId }, 'another process goes on with a plan');
        else this.#noteHalt(planId, error);
        halt.abort(new SagaHalted(error?.message, { cause: error }));
      },
    });
  }

  #partsOf({ stop, halt }: Run, journal: Journal): SagaParts<Context> {
    const { makeContext, clock, log, concurrency, deadlines = defaultDeadlines } = this.#parts.options;
    const { graph } = journal.progress;
    const given = { makeContext, clock, log, concurrency, deadlines };
    const takePlace = placesOfPlan(this.kinds, this.#places);
    return { ...given, graph, kinds: this.kinds, takePlace, journal, stop, halt };
  }

  #noteHalt(planId: PlanId, error: unknown): void {
    if (this.#halted.has(planId)) return;
    const reason = error instanceof SagaHalted && error.cause !== undefined ? error.cause : error;
    this.#halted.set(planId, toPlatformError(reason));
    this.#parts.options.log.error({ planId, error: reason }, 'a plan stopped without an end');
  }

  /** A plan that this version of the program cannot read waits, untouched, for one that can. */
  async #readValidPlan(planId: PlanId): Promise<StepGraph> {
    try {
      const graph = await this.#parts.store.findPlan(planId);
      if (graph === undefined)
        throw new PlatformError('not-found', `There is no plan ${planId}.`, { subject: planId });
      validateGraph(graph, this.kinds);
      return graph;
    } catch (error) {
      throw new SagaHalted(`The plan ${planId} cannot be read.`, { cause: error });
    }
  }
}
