import type { Clock } from '@trencadis/clock';
import {
  type EarlierRequest,
  type IdempotencyStore,
  type KeptAnswer,
  type KeyedRequest,
  keyLifetimeMs,
} from './idempotency.ts';

/** Forgets everything with its process: for one process whose work does not outlive it either, and for tests. */
export function createMemoryIdempotencyStore(clock: Clock): IdempotencyStore {
  // In the order in which they were taken, so that the oldest are first.
  const taken = new Map<string, EarlierRequest>();
  const answerless = (request: KeyedRequest) => {
    const found = taken.get(nameOf(request));
    return found?.digest === request.digest && found.answer === undefined ? found : undefined;
  };
  return {
    async take(request) {
      const now = clock.now();
      forgetExpired(taken, now);
      const earlier = taken.get(nameOf(request));
      if (earlier === undefined) taken.set(nameOf(request), { digest: request.digest, takenAt: now });
      return earlier;
    },
    async keep(request: KeyedRequest, answer: KeptAnswer) {
      const earlier = answerless(request);
      if (earlier !== undefined) taken.set(nameOf(request), { ...earlier, answer });
    },
    async release(request) {
      if (answerless(request) !== undefined) taken.delete(nameOf(request));
    },
  };
}

function nameOf({ callerId, route, key }: KeyedRequest): string {
  return JSON.stringify([callerId, route, key]);
}

function forgetExpired(taken: Map<string, EarlierRequest>, now: Date): void {
  for (const [name, { takenAt }] of taken) {
    if (now.getTime() - takenAt.getTime() < keyLifetimeMs) return;
    taken.delete(name);
  }
}
