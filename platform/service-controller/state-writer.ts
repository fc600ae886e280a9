import type { Clock } from '@trencadis/clock';
import type { GroupEvent } from '@trencadis/availability';
import type { ControllerLog } from './controller-parts.ts';
import { type GroupKey } from './fleet.ts';
import { type GroupRecord, type StoredEvaluation, keyOf } from './group-record.ts';
import type { ServiceStore } from './store.ts';

/** Whose state is written. */
export interface Written {
  /** As it is now. */
  readonly record: GroupRecord;
  /** That very record was stored, with this version. */
  onSaved(stored: GroupRecord, version: number): void;
  /** Somebody else changed it since it was read. */
  onLost(): void;
}

export interface WriterParts {
  readonly store: ServiceStore;
  readonly clock: Clock;
  readonly log: ControllerLog;
}

interface Notes {
  readonly key: GroupKey;
  readonly events: readonly GroupEvent[];
}

/** Writes the states of all groups in batches: what has to be stored before something begins, at once. */
export class StateWriter {
  readonly #parts: WriterParts;
  readonly #dueAt = new Map<Written, number>();
  readonly #waiting = new Map<Written, PromiseWithResolvers<boolean>>();
  #evaluations: StoredEvaluation[] = [];
  #events: Notes[] = [];
  #flushing: Promise<void> | undefined;
  #notBefore = 0;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** By then, or earlier when something else is written. */
  saveBy(written: Written, atMs: number): void {
    this.#dueAt.set(written, Math.min(atMs, this.#dueAt.get(written) ?? Infinity));
  }

  /** Now; whether it was stored. The store does not answer: it throws. */
  async save(written: Written): Promise<boolean> {
    const waiting = this.#waiting.get(written) ?? Promise.withResolvers<boolean>();
    this.#waiting.set(written, waiting);
    this.#begin();
    return waiting.promise;
  }

  /** Its record is of no interest any more. */
  drop(written: Written): void {
    this.#dueAt.delete(written);
  }

  note(key: GroupKey, events: readonly GroupEvent[], evaluation: StoredEvaluation | undefined): void {
    if (evaluation !== undefined) this.#evaluations.push(evaluation);
    if (events.length > 0) this.#events.push({ key, events });
  }

  pulse(nowMs: number): void {
    if (nowMs < this.#notBefore) return;
    const hasNotes = this.#evaluations.length > 0 || this.#events.length > 0;
    if (hasNotes || this.#dueAt.values().some((dueAt) => dueAt <= nowMs)) this.#begin();
  }

  /** All that is not stored yet. */
  async close(): Promise<void> {
    await this.#flushing;
    this.#begin(Infinity);
    await this.#flushing;
  }

  #begin(untilMs = this.#parts.clock.now().getTime()): void {
    this.#flushing ??= this.#flush(untilMs).finally(() => {
      this.#flushing = undefined;
      if (this.#waiting.size > 0) this.#begin();
    });
  }

  async #flush(untilMs: number): Promise<void> {
    const waiting = new Map(this.#waiting);
    this.#waiting.clear();
    const due = this.#dueAt.entries().filter(([, dueAt]) => dueAt <= untilMs);
    const all = new Set([...waiting.keys(), ...due.map(([written]) => written)]);
    for (const written of all) this.#dueAt.delete(written);
    try {
      await this.#saveAll(all, waiting);
      await this.#addNotes();
    } catch (error) {
      const { log, clock } = this.#parts;
      const now = clock.now().getTime();
      log.warn({ error }, 'the state of services could not be stored; again in a second');
      this.#notBefore = now + 1_000;
      for (const written of all) if (!waiting.has(written)) this.saveBy(written, now);
      for (const { reject } of waiting.values()) reject(error);
    }
  }

  async #saveAll(
    all: ReadonlySet<Written>,
    waiting: ReadonlyMap<Written, PromiseWithResolvers<boolean>>,
  ): Promise<void> {
    const records = new Map([...all].map((written) => [written, written.record]));
    const saved = await this.#parts.store.saveGroups([...records.values()]);
    for (const [written, record] of records) {
      const isSaved = saved.has(keyOf(record));
      if (isSaved) written.onSaved(record, record.version + 1);
      else written.onLost();
      waiting.get(written)?.resolve(isSaved);
    }
  }

  async #addNotes(): Promise<void> {
    const { store } = this.#parts;
    const [evaluations, events] = [this.#evaluations, this.#events];
    this.#evaluations = [];
    this.#events = [];
    if (evaluations.length > 0) await store.addEvaluations(evaluations);
    for (const { key, events: ofOne } of events) await store.addEvents(key, ofOne);
  }
}
