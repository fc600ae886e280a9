import { parseInstant } from '@trencadis/clock';
import { describe, expect, it } from 'vitest';
import { decideScaling } from '../decide-scaling.ts';
import type { ScalingInput, ScheduleSpec } from '../model.ts';
import { above, inputOf, noState, serviceOf, tracking } from '../testing/scaling-site.ts';
import { dueInstants, nextInstant } from './planned-instants.ts';

const at = (text: string) => parseInstant(text).getTime();
const iso = (instant: number | undefined) =>
  instant === undefined ? undefined : new Date(instant).toISOString();

function decide(
  schedules: readonly ScheduleSpec[],
  [last, now]: readonly [string, string],
  over: Partial<ScalingInput> = {},
) {
  const spec = serviceOf([above()], { schedules }, { min: 1, max: 10 });
  const state = { ...noState, schedulesAt: at(last) };
  return decideScaling(inputOf(spec, [50, 50], { now: at(now), state, ...over }));
}

const morning = { id: 'morning', at: '0 8 * * 1-5', timeZone: 'Europe/Madrid', replicas: 5 };
const tuesday = ['2026-12-01T06:59:58Z', '2026-12-01T07:00:03Z'] as const;

describe('schedules (AS-13)', () => {
  it('set the size in their time zone, once', () => {
    const decision = decide([morning], tuesday);
    expect(decision).toMatchObject({
      desired: 5,
      because: 'schedule morning, 3 s late: 5 replicas of 1 to 10',
      state: { schedulesAt: at(tuesday[1]), settling: { desired: 5, from: 2 } },
    });
    expect(decision.bounds).toBeUndefined();
    const later = ['2026-12-01T07:00:03Z', '2026-12-01T07:00:08Z'] as const;
    expect(decide([morning], later).because).toBeUndefined();
  });

  it('fire iff last < planned <= now', () => {
    const fires = (last: string, now: string) =>
      decide([morning], [`2026-12-01T${last}Z`, `2026-12-01T${now}Z`]).desired === 5;
    expect(fires('06:59:55', '06:59:59.999')).toBe(false);
    expect(fires('06:59:55', '07:00:00')).toBe(true);
    expect(fires('06:59:59.999', '07:00:00')).toBe(true);
    expect(fires('07:00:00', '07:00:05')).toBe(false);
  });

  it('set bounds, to which the size is clamped', () => {
    const night = { id: 'night', at: '0 20 * * *', timeZone: 'UTC', max: 1 };
    const evening = ['2026-12-01T19:59:58Z', '2026-12-01T20:00:03Z'] as const;
    expect(decide([night], evening)).toMatchObject({ desired: 1, bounds: { min: 1, max: 1 } });
    expect(decide([{ ...night, max: 20, min: 12 }], evening)).toMatchObject({
      desired: 12,
      bounds: { min: 12, max: 20 },
    });
    expect(decide([{ ...night, max: 20, min: 12, replicas: 30 }], evening).desired).toBe(20);
    const { max: _max, ...least } = night;
    expect(decide([{ ...least, min: 12 }], evening).bounds).toEqual({ min: 12, max: 12 });
  });

  it('do once what has an instant', () => {
    const once = { id: 'once', at: '2026-12-01T08:00:00+01:00', timeZone: 'UTC', replicas: 4 };
    expect(decide([once], tuesday).desired).toBe(4);
    expect(decide([{ ...once, at: '2026-12-01T08:00:00', timeZone: 'Europe/Madrid' }], tuesday).desired).toBe(
      4,
    );
    expect(decide([once], ['2026-12-01T07:00:03Z', '2027-12-01T07:00:03Z']).desired).toBe(2);
  });

  it('are made up for when missed by ten minutes at most, the newest one last', () => {
    const first = { ...morning, id: 'first', replicas: 3 };
    const second = { ...morning, id: 'second', at: '5 8 * * *', replicas: 6 };
    const down = (now: string) => decide([second, first], ['2026-12-01T06:30:00Z', `2026-12-01T${now}Z`]);
    expect(down('07:10:00')).toMatchObject({
      desired: 6,
      because: 'schedule second, 300 s late: 6 replicas of 1 to 10',
    });
    expect(down('07:10:00').findings.filter(({ rule }) => rule === 'AS-13')).toHaveLength(2);
    const late = down('07:10:01');
    expect(late.desired).toBe(6);
    expect(late.findings.map(({ text }) => text)).toContain(
      'schedule first was missed by more than 600 s: what is older is skipped',
    );
    expect(down('07:15:01').desired).toBe(2);
  });

  it('miss nothing before they were first looked at', () => {
    const decision = decide([morning], tuesday, { state: noState });
    expect(decision).toMatchObject({ desired: 2, state: { schedulesAt: at(tuesday[1]) } });
  });

  it('are not followed, nor made up for, while suspended', () => {
    const decision = decide([morning], tuesday, { suspended: ['schedule'] });
    expect(decision.desired).toBe(2);
    expect(decision.findings[0]!.text).toBe(
      'schedule morning is due, and schedules are suspended: not followed',
    );
    expect(decision.state.schedulesAt).toBe(at(tuesday[1]));
  });

  it('do not fire twice over a clock that is set back', () => {
    const decision = decide([morning], ['2026-12-01T07:00:03Z', '2026-12-01T06:59:00Z']);
    expect(decision).toMatchObject({ desired: 2, state: { schedulesAt: at('2026-12-01T07:00:03Z') } });
  });

  it('are followed while scaling is suspended', () => {
    expect(decide([morning], tuesday, { suspended: ['scale'] }).desired).toBe(5);
  });

  it('are told when they cannot be read', () => {
    const [finding] = decide([{ ...morning, timeZone: 'Mars/Olympus' }], tuesday).findings;
    expect(finding).toMatchObject({ rule: 'AS-13', values: { schedule: 'morning' } });
    expect(finding!.text).toContain("schedule morning at '0 8 * * 1-5' (Mars/Olympus) is never due: ");
  });

  it('set what no policy takes back within W_down', () => {
    const spec = serviceOf([tracking()], { schedules: [morning], warmupMs: 0 });
    let state = { ...noState, schedulesAt: at(tuesday[0]) };
    const sizeAfter = (ms: number, desired: number) => {
      const now = at(tuesday[1]) + ms;
      const input = inputOf(
        spec,
        Array.from({ length: desired }, () => 5),
        { now, state },
      );
      const decision = decideScaling(input);
      state = decision.state as typeof state;
      return decision.desired;
    };
    expect([sizeAfter(0, 2), sizeAfter(200_000, 5), sizeAfter(300_000, 5), sizeAfter(305_000, 5)]).toEqual([
      5, 5, 5, 1,
    ]);
  });
});

describe('planned instants', () => {
  it('are reckoned from the instant given, never from the time', () => {
    expect(iso(nextInstant(morning, at('1999-12-31T12:00:00Z')))).toBe('2000-01-03T07:00:00.000Z');
    expect(iso(nextInstant(morning, at('2026-07-03T06:00:00Z')))).toBe('2026-07-06T06:00:00.000Z');
  });

  it('come once where a clock is turned, at the first time after the gap, or the first of two', () => {
    const early = { at: '30 2 * * *', timeZone: 'Europe/Madrid' };
    expect(iso(nextInstant(early, at('2026-03-28T12:00:00Z')))).toBe('2026-03-29T01:00:00.000Z');
    expect(iso(nextInstant(early, at('2026-10-24T12:00:00Z')))).toBe('2026-10-25T00:30:00.000Z');
    expect(iso(nextInstant(early, at('2026-10-25T00:30:00Z')))).toBe('2026-10-26T01:30:00.000Z');
  });

  it('are the newest of those that are due', () => {
    const due = (last: number, now: number) =>
      dueInstants({ at: '* * * * *', timeZone: 'UTC' }, { last, now, mostAgeMs: 600_000 });
    expect(due(0, 59_999)).toEqual({ hasSkipped: false });
    expect(due(0, 185_000)).toEqual({ due: 180_000, hasSkipped: false });
    expect(due(0, 3_605_000)).toEqual({ due: 3_600_000, hasSkipped: true });
  });

  it('are none where they cannot be read', () => {
    for (const text of ['', 'soon', '0 8 * *', '0 0 8 * * *', '2026-13-01T00:00:00Z'])
      expect(nextInstant({ at: text, timeZone: 'UTC' }, 0)).toBeUndefined();
  });
});
