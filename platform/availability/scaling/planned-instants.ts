import { later, parseInstant } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { Cron } from 'croner';

/**
 * When schedules are planned (AS-13): functions of their arguments alone. Every call of the library names the instant that
 * it reckons from, so it never asks for the time; a `Cron` without a function starts no timer.
 */

interface Plan {
  /** The first instant after that one; `undefined`: never again. */
  next(after: number): number | undefined;
  readonly isOnce: boolean;
}

/** Reading a pattern takes longer than asking it, and services ask every few seconds. */
const plans = new Map<string, Plan>();
const mostPlans = 10_000;
const epoch = parseInstant('1970-01-01T00:00:00Z');
const once = /^\d{4}-\d{2}-\d{2}/;
const withOffset = /(Z|[+-]\d{2}:?\d{2})$/i;
const minuteMs = 60_000;

export interface DueInstants {
  /** The newest instant that is due; absent: none. */
  readonly due?: number;
  /** Others that are too old. */
  readonly hasSkipped: boolean;
}

/**
 * Of the planned instants with `last < planned <= now`, the newest one that is not older than `mostAgeMs`. Five fields of
 * cron or an ISO 8601 instant; one without an offset is a time in `timeZone`. Neither: `invalid-argument`.
 */
export function dueInstants(
  { at, timeZone }: { readonly at: string; readonly timeZone: string },
  { last, now, mostAgeMs }: { readonly last: number; readonly now: number; readonly mostAgeMs: number },
): DueInstants {
  const plan = planOf(at, timeZone);
  if (!plan.isOnce && Math.floor(last / minuteMs) === Math.floor(now / minuteMs))
    return { hasSkipped: false };
  const oldest = now - mostAgeMs;
  const first = plan.next(last);
  const hasSkipped = first !== undefined && first < oldest;
  let due: number | undefined;
  let planned = hasSkipped ? plan.next(oldest - 1) : first;
  while (planned !== undefined && planned <= now) {
    due = planned;
    planned = plan.next(planned);
  }
  return due === undefined ? { hasSkipped } : { due, hasSkipped };
}

/** The first instant that is planned after that one. */
export function nextInstant(at: string, timeZone: string, after: number): number | undefined {
  return planOf(at, timeZone).next(after);
}

function planOf(at: string, timeZone: string): Plan {
  const key = `${timeZone} ${at}`;
  const known = plans.get(key);
  if (known !== undefined) return known;
  const plan = readPlan(at, timeZone);
  if (plans.size >= mostPlans) plans.clear();
  plans.set(key, plan);
  return plan;
}

function readPlan(at: string, timeZone: string): Plan {
  if (once.test(at) && withOffset.test(at)) {
    const planned = parseInstant(at).getTime();
    if (Number.isNaN(planned)) throw unreadable(at, timeZone, 'not an instant');
    return { isOnce: true, next: (after) => (planned > after ? planned : undefined) };
  }
  try {
    const cron = new Cron(at, { timezone: timeZone, mode: '5-part', paused: true });
    const next = (after: number) => cron.nextRun(later(epoch, after))?.getTime();
    next(0);
    return { isOnce: once.test(at), next };
  } catch (cause) {
    throw unreadable(at, timeZone, cause instanceof Error ? cause.message : String(cause));
  }
}

function unreadable(at: string, timeZone: string, because: string): PlatformError {
  return new PlatformError(
    'invalid-argument',
    `A schedule at '${at}' in the time zone '${timeZone}' cannot be read (${because}): write five fields of cron, or an ISO 8601 instant, and an IANA time zone.`,
    { details: { at, timeZone } },
  );
}
