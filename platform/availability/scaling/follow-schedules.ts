import type { Finding, ScalingInput, ScheduleSpec } from '../model.ts';
import { dueInstants } from './planned-instants.ts';
import { replicas, seconds } from './wording.ts';

/** AS-13: what was missed by more than this stays undone. */
const mostAgeMs = 600_000;

interface Due {
  readonly schedule: ScheduleSpec;
  readonly planned: number;
}

export interface Scheduled {
  readonly desired: number;
  readonly bounds: ScalingInput['bounds'];
  readonly schedulesAt?: number;
  readonly because?: string;
}

/**
 * AS-13: each schedule whose instant lies in `last < planned <= now`, once, in the order of their instants, so that the
 * newest has the last word. Suspended ones are not made up for. Of a bound that would pass the other, the one that the
 * schedule names holds.
 */
export function followSchedules(input: ScalingInput, findings: Finding[]): Scheduled {
  const { now, desired, bounds, spec } = input;
  const { schedules } = spec.scaling;
  if (schedules.length === 0) return { desired, bounds };
  const last = input.state.schedulesAt ?? now;
  const schedulesAt = Math.max(last, now);
  const due = dueSchedules(schedules, { last, now }, findings);
  let scheduled: Scheduled = { desired, bounds, schedulesAt };
  for (const each of due) scheduled = follow(scheduled, each, input, findings);
  return scheduled;
}

function dueSchedules(
  schedules: readonly ScheduleSpec[],
  { last, now }: { readonly last: number; readonly now: number },
  findings: Finding[],
): readonly Due[] {
  const due: Due[] = [];
  for (const schedule of schedules) {
    const { due: planned, hasSkipped, problem } = dueInstants(schedule, { last, now, mostAgeMs });
    if (problem !== undefined) {
      const text = `schedule ${schedule.id} at '${schedule.at}' (${schedule.timeZone}) is never due: ${problem}`;
      findings.push({ rule: 'AS-13', text, values: { schedule: schedule.id, at: schedule.at, problem } });
    }
    if (hasSkipped) {
      const text = `schedule ${schedule.id} was missed by more than ${seconds(mostAgeMs)}: what is older is skipped`;
      findings.push({ rule: 'AS-13', text, values: { schedule: schedule.id, last, mostAgeMs } });
    }
    if (planned !== undefined) due.push({ schedule, planned });
  }
  return due.length > 1 ? due.sort((a, b) => a.planned - b.planned) : due;
}

function follow(
  before: Scheduled,
  { schedule, planned }: Due,
  { now, suspended }: ScalingInput,
  findings: Finding[],
): Scheduled {
  const { id } = schedule;
  const lateMs = now - planned;
  if (suspended.includes('schedule')) {
    const text = `schedule ${id} is due, and schedules are suspended: not followed`;
    findings.push({ rule: 'AS-13', text, values: { schedule: id, planned, lateMs, isSuspended: true } });
    return before;
  }
  const bounds = boundsAfter(before.bounds, schedule);
  const desired = clamp(schedule.replicas ?? before.desired, bounds);
  const late = lateMs > 0 ? `, ${seconds(lateMs)} late` : '';
  const text = `schedule ${id}${late}: ${replicas(desired)} of ${bounds.min} to ${bounds.max}`;
  const values = { schedule: id, planned, lateMs, desired, min: bounds.min, max: bounds.max };
  findings.push({ rule: 'AS-13', text, values });
  return { ...before, desired, bounds, because: text };
}

function boundsAfter(before: ScalingInput['bounds'], { min, max }: ScheduleSpec): ScalingInput['bounds'] {
  if (min === undefined && max === undefined) return before;
  if (min === undefined) return { min: Math.min(before.min, max ?? before.max), max: max ?? before.max };
  return { min, max: Math.max(min, max ?? before.max) };
}

export function clamp(desired: number, { min, max }: ScalingInput['bounds']): number {
  return Math.max(min, Math.min(max, desired));
}
