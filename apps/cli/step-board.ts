import type { EventView } from '@trencadis/infrastructure/client';
import { type StepState, stateAfter } from '@trencadis/saga/step-states';

interface ShownStep {
  readonly id: string;
  readonly title: string;
  /** Ids of the steps that must be done before. */
  readonly after: readonly string[];
}

/** What is shown while it goes on: a plan's steps, or those of work on this host. */
export interface ShownWork {
  readonly title: string;
  /** Where what the steps name begins with it, it is left out. */
  readonly infrastructureId?: string;
  readonly steps: readonly ShownStep[];
}

/** Where one step has got to. */
export interface StepProgress {
  readonly step: ShownStep;
  state: StepState;
  /** When it began to run, or to be undone. */
  since?: string;
  /** What it said last. */
  line?: string;
  error?: string;
}

/** Where the work has got to, from its events. It knows no time and draws nothing. */
export class StepBoard {
  readonly work: ShownWork;
  readonly #steps: ReadonlyMap<string, StepProgress>;
  readonly #active = new Set<StepProgress>();
  readonly #troubled = new Set<StepProgress>();
  readonly #counts: Record<StepState, number>;
  #cancelled: string | undefined;

  constructor(work: ShownWork) {
    this.work = work;
    this.#steps = new Map(work.steps.map((step) => [step.id, { step, state: 'waiting' }]));
    this.#counts = {
      waiting: work.steps.length,
      running: 0,
      succeeded: 0,
      failed: 0,
      skipped: 0,
      undoing: 0,
      undone: 0,
      'undo-failed': 0,
    };
  }

  /** Answers the step that the event is about, if it is one of the plan's. */
  take({ stepId, kind, at, text }: EventView): StepProgress | undefined {
    if (kind === 'cancel-requested') this.#cancelled = text ?? 'undo';
    const progress = this.#steps.get(stepId);
    if (progress === undefined) return undefined;
    if (kind === 'progress' && text !== undefined) progress.line = text;
    const state = stateAfter[kind];
    if (state !== undefined) this.#enter(progress, state, at);
    if ((kind === 'failed' || kind === 'undo-failed') && text !== undefined) {
      progress.error = text;
      this.#troubled.add(progress);
    }
    return progress;
  }

  get counts(): Readonly<Record<StepState, number>> {
    return this.#counts;
  }

  /** Those that run or are being undone, the first begun first. */
  get active(): readonly StepProgress[] {
    return [...this.#active];
  }

  /** Those that failed, or could not be undone, with their error, whatever became of them since. */
  get troubled(): readonly StepProgress[] {
    return [...this.#troubled];
  }

  /** How somebody stopped the plan: 'undo' or 'keep'. */
  get cancelled(): string | undefined {
    return this.#cancelled;
  }

  /** Some of those that wait, each with the titles of what it still waits for. */
  waiting(limit: number): readonly { readonly step: ShownStep; readonly for: readonly string[] }[] {
    const found = [];
    for (const { step, state } of this.#steps.values()) {
      if (found.length === limit) break;
      if (state === 'waiting') found.push({ step, for: step.after.flatMap((id) => this.#unfinished(id)) });
    }
    return found;
  }

  #unfinished(id: string): string[] {
    const before = this.#steps.get(id);
    return before === undefined || before.state === 'succeeded' ? [] : [before.step.title];
  }

  #enter(progress: StepProgress, state: StepState, at: string): void {
    this.#counts[progress.state] -= 1;
    this.#counts[state] += 1;
    progress.state = state;
    if (state !== 'running' && state !== 'undoing') {
      this.#active.delete(progress);
      return;
    }
    progress.since = at;
    delete progress.line;
    this.#active.add(progress);
  }
}
