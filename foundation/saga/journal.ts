import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { PlanId } from '@trencadis/ids';
import type { StepEvent, StepEventKind } from './model.ts';
import type { SagaProgress } from './saga-progress.ts';
import { type PlanHead, RunSuperseded, type SagaStore, type StepEventDraft, readPages } from './store.ts';

/** The saga stops at once, in the middle: nothing is recorded, nothing undone; it goes on from the log later. */
export class SagaHalted extends Error {
  override readonly name = 'SagaHalted';
}

export interface JournalOptions {
  readonly store: SagaStore;
  /** The run that writes: refused once a later one has begun. */
  readonly epoch: number;
  readonly clock: Clock;
  /** Of the saga whose log this is; kept up with what is stored. */
  readonly progress: SagaProgress;
  /** Called with each batch once it is stored, and with what another process stored meanwhile. */
  readonly publish: (events: readonly StepEvent[]) => void;
  /** Called once when it cannot be written any more: with why, or without when a later run has begun. */
  readonly onHalt: (error?: PlatformError) => void;
}

const keptProgressLines = 500;
/** So that lines are dropped now and then, not with each new one. */
const progressSlack = 100;
const maxLineLength = 2_000;

interface Pending {
  readonly draft: StepEventDraft;
  readonly resolve: () => void;
  readonly reject: (error: SagaHalted) => void;
}

/** The writing end of one saga's log. What is written while a write is under way goes out together in the next. */
export class Journal {
  readonly #options: JournalOptions;
  readonly #planId: PlanId;
  #pending: Pending[] = [];
  #isWriting = false;
  #halted: SagaHalted | undefined;
  readonly #progressSequences = new Map<string, number[]>();

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#planId = options.progress.graph.planId;
  }

  get progress(): SagaProgress {
    return this.#options.progress;
  }

  /** Reads what earlier runs have written. */
  async load(): Promise<void> {
    for await (const page of this.#unseenPages()) this.#absorb(page);
  }

  /** Reads what others have written meanwhile, such as a request to cancel. */
  async refresh(): Promise<void> {
    for await (const page of this.#unseenPages()) this.#options.publish(this.#absorb(page));
  }

  /** Somebody has written to this log, perhaps this journal itself. */
  async hear({ epoch, lastSequence }: Pick<PlanHead, 'epoch' | 'lastSequence'>): Promise<void> {
    if (epoch > this.#options.epoch) this.#halt();
    // A write under way finds what came before it.
    else if (lastSequence > this.progress.lastSequence && !this.#isWriting) await this.refresh();
  }

  /** Resolves when the event is stored. */
  write(
    stepId: string,
    kind: StepEventKind,
    about: { text?: string; errorCode?: string } = {},
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#halted !== undefined) {
        reject(this.#halted);
        return;
      }
      const draft = { stepId, kind, at: this.#options.clock.now(), ...about };
      this.#pending.push({ draft, resolve, reject });
      if (!this.#isWriting) void this.#writePending();
    });
  }

  /** A line for people. If it cannot be stored the saga halts like for any other event. */
  writeLine(stepId: string, line: string): void {
    const text = line.length > maxLineLength ? `${line.slice(0, maxLineLength)}...` : line;
    // A failed write is reported through onHalt, and the step's own next event is refused.
    this.write(stepId, 'progress', { text }).catch(ignoreHalt);
  }

  halt(reason: SagaHalted): void {
    this.#halted ??= reason;
    for (const { reject } of this.#pending.splice(0)) reject(this.#halted);
  }

  async #writePending(): Promise<void> {
    this.#isWriting = true;
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0);
      try {
        await this.#append(batch.map(({ draft }) => draft));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#crash(error, batch);
      }
    }
    this.#isWriting = false;
  }

  async #append(drafts: readonly StepEventDraft[]): Promise<void> {
    const { store, epoch, publish } = this.#options;
    const written = await store.appendEvents(this.#planId, drafts, epoch);
    if (written[0]?.sequence === this.progress.lastSequence + 1) publish(this.#absorb(written));
    else await this.refresh();
    for (const [stepId, sequences] of this.#progressSequences) {
      if (sequences.length <= keptProgressLines + progressSlack) continue;
      sequences.splice(0, sequences.length - keptProgressLines);
      await store.dropProgress(this.#planId, stepId, sequences[0] ?? 0);
    }
  }

  #unseenPages(): AsyncIterable<readonly StepEvent[]> {
    return readPages(this.#options.store, this.#planId, this.progress.lastSequence);
  }

  #absorb(events: readonly StepEvent[]): readonly StepEvent[] {
    const unseen = this.progress.absorb(events);
    for (const { kind, stepId, sequence } of unseen) {
      if (kind === 'progress') {
        const sequences = this.#progressSequences.get(stepId) ?? [];
        sequences.push(sequence);
        this.#progressSequences.set(stepId, sequences);
      } else if (kind !== 'started') this.#progressSequences.delete(stepId);
    }
    return unseen;
  }

  #crash(error: unknown, batch: readonly Pending[]): void {
    if (error instanceof RunSuperseded) this.#halt();
    else this.#halt(error);
    for (const { reject } of batch) reject(this.#halted ?? new SagaHalted());
  }

  #halt(error?: unknown): void {
    if (this.#halted !== undefined) return;
    const planId = this.#planId;
    if (error === undefined) {
      this.halt(new SagaHalted(`A later run of ${planId} has begun.`));
      this.#options.onHalt();
      return;
    }
    this.halt(new SagaHalted(`The log of ${planId} cannot be written.`, { cause: error }));
    this.#options.onHalt(
      new PlatformError(
        'unavailable',
        `The log of ${planId} cannot be written, so it stopped where it was. Resume it when the database is back.`,
        { subject: planId, cause: error },
      ),
    );
  }
}

function ignoreHalt(error: unknown): void {
  if (!(error instanceof SagaHalted)) throw error;
}
