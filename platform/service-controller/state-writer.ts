import type { Clock } from '@trencadis/clock';
import type { GroupEvent } from '@trencadis/availability';
import type { ControllerLog } from './controller-parts.ts';
import { type GroupKey } from './fleet.ts';
import { type GroupRecord, type StoredEvaluation, keyOf } from './group-record.ts';
import type { Notes, ServiceStore } from './store.ts';

type StoredNote = NonNullable<Notes['events']>[number];

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

/** Writes the states of all groups in batches: what has to be stored before something begins, at once. */
export class StateWriter {
  readonly #parts: WriterParts;
  readonly #dueAt = new Map<Written, number>();
  readonly #waiting = new Map<Written, PromiseWithResolvers<boolean>>();
  #evaluations: StoredEvaluation[] = [];
  #events: StoredNote[] = [];
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

  /** Is stored with the next that is, in one transaction; not at all if the group's record is refused then. */
  note(
    { infrastructureId, serviceId }: GroupKey,
    events: readonly GroupEvent[],
    evaluation?: StoredEvaluation,
  ): void {
    if (evaluation !== undefined) this.#evaluations.push(evaluation);
    this.#events.push(...events.map((event) => ({ infrastructureId, serviceId, event })));
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
    const notes = { evaluations: this.#evaluations, events: this.#events };
    [this.#evaluations, this.#events] = [[], []];
    try {
      await this.#saveAll(all, { waiting, notes });
    } catch (error) {
      const { log, clock } = this.#parts;
      const now = clock.now().getTime();
      log.warn({ error }, 'the state of services could not be stored; again in a second');
      this.#notBefore = now + 1_000;
      for (const written of all) if (!waiting.has(written)) this.saveBy(written, now);
      this.#takeBack(notes, new Set([...waiting.keys()].map(({ record }) => keyOf(record))));
      for (const { reject } of waiting.values()) reject(error);
    }
  }

  /** For the next time, but for those of decisions that come to nothing. */
  #takeBack({ evaluations, events }: Required<Notes>, isVoid: ReadonlySet<string>): void {
    const isKept = (each: GroupKey) => !isVoid.has(keyOf(each));
    this.#evaluations.unshift(...evaluations.filter(isKept));
    this.#events.unshift(...events.filter(isKept));
  }

  async #saveAll(
    all: ReadonlySet<Written>,
    {
      waiting,
      notes,
    }: { readonly waiting: ReadonlyMap<Written, PromiseWithResolvers<boolean>>; readonly notes: Notes },
  ): Promise<void> {
    const records = new Map([...all].map((written) => [written, written.record]));
    const saved = await this.#parts.store.saveGroups([...records.values()], notes);
    for (const [written, record] of records) {
      const isSaved = saved.has(keyOf(record));
      if (isSaved) written.onSaved(record, record.version + 1);
      else written.onLost();
      waiting.get(written)?.resolve(isSaved);
    }
  }
}
