import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@trencadis/clock';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time goes on only when told to, from one sleeper to the next. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(startMs = 1_000_000_000_000) {
    this.#nowMs = startMs;
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const sleeper = { atMs: this.#nowMs + ms, wake: resolve };
    this.#sleepers.add(sleeper);
    const abort = () => {
      this.#sleepers.delete(sleeper);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', abort, { once: true });
    return promise.finally(() => signal?.removeEventListener('abort', abort));
  }

  /** Lets so much time pass; what wakes up runs until it sleeps again. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    await setImmediate();
    for (;;) {
      const next = [...this.#sleepers].toSorted((one, other) => one.atMs - other.atMs)[0];
      if (next === undefined || next.atMs > end) break;
      this.#sleepers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      await setImmediate();
    }
    this.#nowMs = end;
    await setImmediate();
  }

  /** Until the probe answers something else than `undefined`; fails after that time. */
  async advanceUntil<Found>(probe: () => Found | undefined, mostMs = 600_000): Promise<Found> {
    const end = this.#nowMs + mostMs;
    for (;;) {
      const found = probe();
      if (found !== undefined && found !== false) return found;
      if (this.#nowMs >= end) throw new Error(`It did not happen within ${mostMs / 1000} s.`);
      await this.advance(100);
    }
  }
}
