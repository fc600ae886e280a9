import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './clock.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    delay(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      // node:timers rejects with an AbortError of its own; a Clock promises the signal's reason.
      signal?.throwIfAborted();
      throw error;
    }),
};
