import type { Clock } from '@trencadis/clock';

/** Stands still until it is told to go on. */
export interface SteppedClock extends Clock {
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export function createSteppedClock(start = 1_800_000_000_000): SteppedClock {
  let now = start;
  const sleepers = new Set<Sleeper>();
  /** Lets what was woken run as far as it can without time or I/O. */
  const settle = async () => new Promise<void>((resolve) => void setImmediate(resolve));
  return {
    now: () => new Date(now),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const sleeper: Sleeper = { until: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      });
    },
    advance: async (ms) => {
      const end = now + ms;
      await settle();
      for (;;) {
        const [next] = [...sleepers].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until);
        if (next === undefined) break;
        now = Math.max(now, next.until);
        sleepers.delete(next);
        next.wake();
        await settle();
      }
      now = end;
    },
  };
}
