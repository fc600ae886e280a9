import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { PlanId } from '@trencadis/ids';
import type { StepEvent, StepEventKind } from './model.ts';
import type { SagaStore, StepEventDraft } from './store.ts';

/** The saga stops at once, in the middle: nothing is recorded, nothing undone; it goes on from the log later. */
export class SagaHalted extends Error {
  override readonly name = 'SagaHalted';
}

export interface JournalOptions {
  readonly store: SagaStore;
  readonly planId: PlanId;
  readonly clock: Clock;
  /** Called with each batch once it is stored, and with what another process stored meanwhile. */
  readonly publish: (events: readonly StepEvent[]) => void;
  /** Called once when a write has failed: from then on nothing is written. */
  readonly onCrash: (error: PlatformError) => void;
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
  #events: StepEvent[] = [];
  #lastSequence = 0;
  #pending: Pending[] = [];
  #isWriting = false;
  #halted: SagaHalted | undefined;
  readonly #progressSequences = new Map<string, number[]>();

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** All but the progress lines, in order. */
  get events(): readonly StepEvent[] {
    return this.#events;
  }

  /** Reads what others (an earlier run, another process) have written. */
  async refresh(): Promise<void> {
    const { store, planId } = this.#options;
    this.#absorb(await store.readEvents(planId, this.#lastSequence));
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
  progress(stepId: string, line: string): void {
    const text = line.length > maxLineLength ? `${line.slice(0, maxLineLength)}...` : line;
    // A failed write is reported through onCrash, and the step's own next event is refused.
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
    const { store, planId, publish } = this.#options;
    const written = await store.appendEvents(planId, drafts);
    const isGapless = written[0]?.sequence === this.#lastSequence + 1;
    const unseen = isGapless ? written : await store.readEvents(planId, this.#lastSequence);
    this.#absorb(unseen);
    publish(unseen);
    for (const [stepId, sequences] of this.#progressSequences) {
      if (sequences.length <= keptProgressLines + progressSlack) continue;
      sequences.splice(0, sequences.length - keptProgressLines);
      await store.dropProgress(planId, stepId, sequences[0] ?? 0);
    }
  }

  #absorb(events: readonly StepEvent[]): void {
    for (const event of events) {
      this.#lastSequence = event.sequence;
      if (event.kind === 'progress') {
        const sequences = this.#progressSequences.get(event.stepId) ?? [];
        sequences.push(event.sequence);
        this.#progressSequences.set(event.stepId, sequences);
      } else this.#events.push(event);
    }
  }

  #crash(error: unknown, batch: readonly Pending[]): void {
    const { planId, onCrash } = this.#options;
    const isFirst = this.#halted === undefined;
    this.halt(new SagaHalted(`The log of ${planId} cannot be written.`, { cause: error }));
    for (const { reject } of batch) reject(this.#halted ?? new SagaHalted());
    if (!isFirst) return;
    onCrash(
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
