import { type StepState, stateAfter } from './step-states.ts';
import type { SagaStatus, StepEvent, StepGraph } from './model.ts';

/** How the run of a step ended. */
export type RunOutcome = 'succeeded' | 'failed' | 'skipped';

/** What follows when all steps have ended. */
export type Ending = 'succeeded' | 'undo' | 'keep';

interface StepProgress {
  readonly after: readonly string[];
  state: StepState;
  hasStarted: boolean;
  /** Undo does not change how the run ended. */
  outcome: RunOutcome | undefined;
}

/** Where a saga stands, kept up with its log event by event; each answer costs the same however long the log is. */
export class SagaProgress {
  readonly graph: StepGraph;
  readonly #steps: ReadonlyMap<string, StepProgress>;
  readonly #counts = new Map<StepState, number>();
  #startedCount = 0;
  #succeededCount = 0;
  #lastSequence = 0;
  #cancelMode: Ending | undefined;
  /** The request as it was when a step last ended: one that came later is too late. */
  #cancelInTime: Ending | undefined;

  constructor(graph: StepGraph) {
    this.graph = graph;
    this.#steps = new Map(
      graph.steps.map(({ id, after }) => [
        id,
        { after, state: 'waiting', hasStarted: false, outcome: undefined },
      ]),
    );
    this.#counts.set('waiting', this.#steps.size);
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Takes events in the order of their sequence; answers those that it had not seen yet. */
  absorb(events: readonly StepEvent[]): readonly StepEvent[] {
    const unseen = events.filter(({ sequence }) => sequence > this.#lastSequence);
    for (const event of unseen) this.#take(event);
    return unseen;
  }

  stateOf(stepId: string): StepState | undefined {
    return this.#steps.get(stepId)?.state;
  }

  /** How the step's run has ended; undefined while it has not, or runs again. */
  outcomeOf(stepId: string): RunOutcome | undefined {
    return this.#steps.get(stepId)?.outcome;
  }

  /** Whether the step may have done something: undo reaches it. */
  hasStarted(stepId: string): boolean {
    return this.#steps.get(stepId)?.hasStarted ?? false;
  }

  get isCancelRequested(): boolean {
    return this.#cancelMode !== undefined;
  }

  findFailed(): string | undefined {
    if (!this.#isAny('failed')) return undefined;
    return this.graph.steps.find(({ id }) => this.stateOf(id) === 'failed')?.id;
  }

  /** Depends on the log alone, and is the same however often it is asked. */
  get ending(): Ending {
    const cancel = this.#cancelInTime;
    if (this.#succeededCount < this.#steps.size) return cancel ?? this.graph.onFailure;
    return cancel === 'undo' ? 'undo' : 'succeeded';
  }

  get status(): SagaStatus {
    if (this.#steps.size === 0) return 'succeeded';
    if (this.#lastSequence === 0) return 'planned';
    if (this.#isAny('undoing', 'undone', 'undo-failed')) return this.#undoStatus();
    if (this.#isAny('waiting', 'running')) return 'running';
    if (this.ending === 'succeeded') return 'succeeded';
    if (this.ending === 'keep') return 'kept';
    return this.#startedCount === 0 ? 'undone' : 'undoing';
  }

  #take({ sequence, stepId, kind, text }: StepEvent): void {
    this.#lastSequence = sequence;
    if (kind === 'cancel-requested') this.#cancelMode = text === 'keep' ? 'keep' : 'undo';
    const state = stateAfter[kind];
    if (state === undefined) return;
    if (state === 'succeeded' || state === 'failed' || state === 'skipped')
      this.#cancelInTime = this.#cancelMode;
    const step = this.#steps.get(stepId);
    if (step === undefined) return;
    this.#note(step, state);
    this.#count(step.state, -1);
    this.#count(state, 1);
    step.state = state;
  }

  #note(step: StepProgress, state: StepState): void {
    if (state === 'running') {
      if (!step.hasStarted) this.#startedCount += 1;
      step.hasStarted = true;
      this.#setOutcome(step, undefined);
    }
    if (state === 'succeeded' || state === 'failed' || state === 'skipped') this.#setOutcome(step, state);
  }

  #setOutcome(step: StepProgress, outcome: RunOutcome | undefined): void {
    this.#succeededCount += Number(outcome === 'succeeded') - Number(step.outcome === 'succeeded');
    step.outcome = outcome;
  }

  #count(state: StepState, by: 1 | -1): void {
    this.#counts.set(state, (this.#counts.get(state) ?? 0) + by);
  }

  #isAny(...states: readonly StepState[]): boolean {
    return states.some((state) => (this.#counts.get(state) ?? 0) > 0);
  }

  #undoStatus(): SagaStatus {
    const left = [...this.#steps].filter(([, { hasStarted, state }]) => hasStarted && state !== 'undone');
    if (left.length === 0) return 'undone';
    if (!this.#isAny('undo-failed')) return 'undoing';
    const blocked = this.#blockedSteps();
    return left.every(([id]) => blocked.has(id)) ? 'stuck' : 'undoing';
  }

  /** The steps whose undo failed and those that they stand on: a network is not removed under a VM that stays. */
  #blockedSteps(): ReadonlySet<string> {
    const blocked = new Set(
      [...this.#steps].filter(([, { state }]) => state === 'undo-failed').map(([id]) => id),
    );
    // What is added while a set is walked is walked as well.
    for (const id of blocked) for (const below of this.#steps.get(id)?.after ?? []) blocked.add(below);
    return blocked;
  }
}
