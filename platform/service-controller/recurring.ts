import type { Clock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { Lanes } from './lanes.ts';

export interface RecurringOptions {
  /** For messages: `ask the VM managers`. */
  readonly what: string;
  readonly clock: Clock;
  /** Between two beginnings. */
  readonly everyMs: number;
  /** Aborted then, and not waited for any longer. */
  readonly timeoutMs: number;
  /** From 0 to 1: the second time comes after that part of the interval, so that a thousand do not go in step. */
  readonly spread: number;
  readonly lanes: Lanes;
  readonly lane: string;
  readonly onFailure: (what: string, error: unknown, failures: number) => void;
}

interface Run {
  readonly controller: AbortController;
  readonly until: number;
}

const longestWaitMs = 60_000;

/**
 * Work that is done again and again, never twice at once; driven by pulses, so that a thousand of them need no timers.
 * One that fails waits longer each time, up to a minute; one that hangs is left behind.
 */
export class Recurring {
  readonly #options: RecurringOptions;
  readonly #work: (signal: AbortSignal) => Promise<void>;
  #nextAt = 0;
  #isWanted = false;
  #failures = 0;
  #run: Run | undefined;

  constructor(work: (signal: AbortSignal) => Promise<void>, options: RecurringOptions) {
    this.#work = work;
    this.#options = options;
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** As soon as possible; while it runs, once more after that. One that fails keeps waiting. */
  nudge(): void {
    this.#isWanted = true;
  }

  /** Begins it if it is due and there is room on its lane. */
  pulse(nowMs: number): void {
    const { lanes, lane, everyMs, timeoutMs, spread } = this.#options;
    if (this.#run !== undefined) {
      if (nowMs >= this.#run.until) this.#leaveBehind(this.#run);
      return;
    }
    const isDue = nowMs >= this.#nextAt || (this.#isWanted && !this.isFailing);
    if (!isDue || !lanes.tryEnter(lane)) return;
    this.#isWanted = false;
    this.#nextAt = nowMs + (this.#nextAt === 0 ? everyMs * spread : everyMs);
    const run = { controller: new AbortController(), until: nowMs + timeoutMs };
    this.#run = run;
    this.#work(run.controller.signal).then(
      () => this.#end(run),
      (error: unknown) => this.#end(run, error),
    );
  }

  /** Aborts what runs. */
  stop(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#release();
    run.controller.abort(new Error('The controller stops.'));
  }

  #leaveBehind(run: Run): void {
    const { timeoutMs, what } = this.#options;
    const late = new PlatformError('unavailable', `To ${what} took longer than ${timeoutMs / 1000} s.`);
    this.#end(run, late);
    run.controller.abort(late);
  }

  #end(run: Run, error?: unknown): void {
    // What was left behind or stopped has been counted already.
    if (this.#run !== run) return;
    this.#release();
    if (error === undefined) {
      this.#failures = 0;
      return;
    }
    const { clock, everyMs, onFailure, what } = this.#options;
    this.#failures += 1;
    const waitMs = Math.min(longestWaitMs, everyMs * 2 ** Math.min(this.#failures - 1, 10));
    this.#nextAt = clock.now().getTime() + waitMs;
    onFailure(what, error, this.#failures);
  }

  #release(): void {
    this.#run = undefined;
    this.#options.lanes.leave(this.#options.lane);
  }
}
