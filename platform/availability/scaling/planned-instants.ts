import { later, parseInstant } from '@trencadis/clock';
import { Cron } from 'croner';

/**
 * When schedules are planned (AS-13): functions of their arguments alone. Every call of the library names the instant that
 * it reckons from, so it never asks for the time; a `Cron` without a function starts no timer.
 */

interface Planned {
  readonly at: string;
  readonly timeZone: string;
}

interface Plan {
  /** The first instant after that one; `undefined`: never again. */
  next(after: number): number | undefined;
  readonly isOnce: boolean;
  /** Why it cannot be read; then nothing is planned. */
  readonly problem?: string;
}

/** Reading a pattern takes longer than asking it, and services ask every few seconds. */
const plans = new Map<string, Plan>();
const mostPlans = 10_000;
const epoch = parseInstant('1970-01-01T00:00:00Z');
const once = /^\d{4}-\d{2}-\d{2}/;
const isInstant = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/i;
const minuteMs = 60_000;

export interface DueInstants {
  /** The newest instant that is due; absent: none. */
  readonly due?: number;
  /** Others that are too old. */
  readonly hasSkipped: boolean;
  /** Why the schedule cannot be read. */
  readonly problem?: string;
}

/**
 * Of the planned instants with `last < planned <= now`, the newest one that is not older than `mostAgeMs`. Five fields of
 * cron or an ISO 8601 instant; one without an offset is a time in `timeZone`. What is neither is never due.
 */
export function dueInstants(
  { at, timeZone }: Planned,
  { last, now, mostAgeMs }: { readonly last: number; readonly now: number; readonly mostAgeMs: number },
): DueInstants {
  const plan = planOf(at, timeZone);
  if (plan.problem !== undefined) return { hasSkipped: false, problem: plan.problem };
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

/** The first instant that is planned after that one; `undefined`: never again, or it cannot be read. */
export function nextInstant({ at, timeZone }: Planned, after: number): number | undefined {
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
  if (isInstant.test(at)) {
    const planned = parseInstant(at).getTime();
    if (Number.isNaN(planned)) return unreadable('it is no instant');
    return { isOnce: true, next: (after) => (planned > after ? planned : undefined) };
  }
  try {
    const cron = new Cron(at, { timezone: timeZone, mode: '5-part', paused: true });
    const next = (after: number) => cron.nextRun(later(epoch, after))?.getTime();
    next(0);
    return { isOnce: once.test(at), next };
  } catch (problem) {
    return unreadable(problem instanceof Error ? problem.message : String(problem));
  }
}

function unreadable(problem: string): Plan {
  return { isOnce: false, next: () => undefined, problem };
}
