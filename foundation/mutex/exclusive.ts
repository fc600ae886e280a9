import { KeyedMutex } from './keyed-mutex.ts';

/**
 * Runs work under a key, one after the other within this process; without a key, at once. The caller is let go as soon
 * as its signal aborts, while a request that is on its way still ends under the key: whoever comes next, to finish or to
 * remove it, sees its outcome.
 */
export type Exclusive = <Result>(
  key: string | undefined,
  signal: AbortSignal,
  work: () => Promise<Result>,
) => Promise<Result>;

/** How a driver tells the failures of such work. */
export type Guard = <Result>(signal: AbortSignal, work: () => Promise<Result>) => Promise<Result>;

export function createExclusive(guard: Guard): Exclusive {
  const mutex = new KeyedMutex();
  return (key, signal, work) =>
    guard(signal, () => {
      const guarded = () => {
        signal.throwIfAborted();
        return work();
      };
      const running = key === undefined ? guarded() : mutex.run(key, guarded);
      return untilAborted(running, signal);
    });
}

async function untilAborted<Result>(running: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([running, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
