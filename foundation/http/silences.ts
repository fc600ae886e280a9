import { setTimeout as delay } from 'node:timers/promises';

export const silence = Symbol('silence');

/** The items of a source, and `silence` after each `ms` without one. The source is closed when the reader stops. */
export async function* withSilences<Item>(
  items: AsyncIterable<Item>,
  ms: number,
): AsyncGenerator<Item | typeof silence> {
  const source = items[Symbol.asyncIterator]();
  try {
    for (let next = source.next(); ;) {
      const result = await orSilence(next, ms);
      if (result === silence) {
        yield silence;
        continue;
      }
      if (result.done === true) return;
      yield result.value;
      next = source.next();
    }
  } finally {
    await source.return?.();
  }
}

async function orSilence<Result>(next: Promise<Result>, ms: number): Promise<Result | typeof silence> {
  const answered = new AbortController();
  const quiet = delay(ms, silence, { signal: answered.signal, ref: false });
  // Aborted as soon as the item is there; nobody waits for the timer then.
  quiet.catch(() => undefined);
  try {
    return await Promise.race([next, quiet]);
  } finally {
    answered.abort();
  }
}
