import type { Clock } from './clock.ts';

export interface PollOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks `probe` every `everyMs` until it answers something other than `undefined`.
 * Answers `undefined` when `deadlineMs` have passed; rejects when the signal aborts or the probe throws.
 */
export async function pollUntil<Found>(
  probe: () => Promise<Found | undefined>,
  { clock, everyMs, deadlineMs, signal }: PollOptions,
): Promise<Found | undefined> {
  const end = clock.now().getTime() + deadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    const found = await probe();
    if (found !== undefined) return found;
    if (clock.now().getTime() + everyMs > end) return undefined;
    await clock.sleep(everyMs, signal);
  }
}
