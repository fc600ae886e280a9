import type { Clock } from '@trencadis/clock';

/** Waits between attempts, in milliseconds; the last one repeats. The one table for all retries. */
const backoffMs = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

export interface RetryOptions {
  readonly clock: Clock;
  /** No new attempt begins after this time. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  readonly onRetry?: (error: unknown, waitMs: number) => void;
}

/** Attempts until one succeeds, fails with an error that is not retryable, or the deadline passes. */
export async function retryWhile<Result>(
  isRetryable: (error: unknown) => boolean,
  attempt: () => Promise<Result>,
  { clock, deadlineMs, signal, onRetry }: RetryOptions,
): Promise<Result> {
  const end = clock.now().getTime() + deadlineMs;
  for (let count = 0; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const waitMs = backoffMs[Math.min(count, backoffMs.length - 1)] ?? 0;
      if (!isRetryable(error) || signal?.aborted || clock.now().getTime() + waitMs > end) throw error;
      onRetry?.(error, waitMs);
      await clock.sleep(waitMs, signal);
    }
  }
}
