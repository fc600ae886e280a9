import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '@trencadis/clock';
import { isPlatformError } from '@trencadis/errors';
import type { ProbeRecord, ProbeResult, Prober, Watch } from './model.ts';
import { probe } from './probe.ts';

interface Watched {
  readonly watch: Watch;
  readonly stop: AbortController;
  readonly running: Promise<void>;
  latest: ProbeRecord | undefined;
}

/** Starts of probes are `intervalMs` apart; one that takes longer delays the next. */
export function createProber(clock: Clock): Prober {
  const watched = new Map<string, Watched>();
  const ending = new Set<Promise<void>>();
  const listeners = new Set<(key: string, record: ProbeRecord) => void>();

  const forget = (key: string): void => {
    const entry = watched.get(key);
    if (entry === undefined) return;
    watched.delete(key);
    entry.stop.abort();
    ending.add(entry.running);
    void entry.running.finally(() => ending.delete(entry.running));
  };
  const watch = (key: string, wish: Watch): void => {
    const entry = watched.get(key);
    if (entry && isSame(entry.watch, wish)) return;
    forget(key);
    const stop = new AbortController();
    const take = (result: ProbeResult): void => {
      const own = watched.get(key);
      if (own?.stop !== stop) return;
      own.latest = follow(own.latest, result, clock.now().getTime());
      for (const listener of listeners) listener(key, own.latest);
    };
    const running = repeat({ clock, key, wish, take }, stop.signal);
    watched.set(key, { watch: wish, stop, running, latest: undefined });
  };
  return {
    watch,
    forget,
    latest: (key) => watched.get(key)?.latest,
    onResult: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      for (const key of watched.keys()) forget(key);
      await Promise.all(ending);
    },
  };
}

/** The way is not compared: it is made anew by each caller. */
function isSame(one: Watch, other: Watch): boolean {
  return isDeepStrictEqual([one.target, one.health], [other.target, other.health]);
}

function follow(before: ProbeRecord | undefined, result: ProbeResult, at: number): ProbeRecord {
  return {
    ...result,
    at,
    passes: result.isPassed ? (before?.passes ?? 0) + 1 : 0,
    failures: result.isPassed ? 0 : (before?.failures ?? 0) + 1,
  };
}

interface Repetition {
  readonly clock: Clock;
  readonly key: string;
  readonly wish: Watch;
  readonly take: (result: ProbeResult) => void;
}

/** Ends by the signal; rejects, which ends the process, only for a mistake in a way of probing or a listener. */
async function repeat({ clock, key, wish, take }: Repetition, signal: AbortSignal): Promise<void> {
  const { target, health } = wish;
  const run = wish.run ?? ((own: AbortSignal) => probe(target, health, own));
  let due = clock.now().getTime();
  // Many are watched from the same moment on, and shall not go on in step: the second comes earlier, each at its own time.
  let waitMs = health.intervalMs * (0.5 + fractionOf(key) / 2);
  while (!signal.aborted) {
    const result = await settle(run, signal);
    if (result !== undefined) take(result);
    const now = clock.now().getTime();
    due = Math.max(now, due + waitMs);
    waitMs = health.intervalMs;
    if (!(await slept(clock, due - now, signal))) return;
  }
}

/** `undefined`: there is no verdict. */
async function settle(
  run: (signal: AbortSignal) => Promise<ProbeResult>,
  signal: AbortSignal,
): Promise<ProbeResult | undefined> {
  try {
    return await run(signal);
  } catch (error) {
    if (signal.aborted || isPlatformError(error, 'unavailable')) return undefined;
    throw error;
  }
}

async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** From 0 up to 1, the same for a key each time (FNV-1a). */
function fractionOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const character of key) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash / 2 ** 32;
}
